// Command drift compares each spec with the inventory of its source, in
// specs/sources. It prints every difference that is not recorded as a
// deviation, and fails if there is one.
//
// With -from it writes such inventories instead, from a provider's OpenAPI
// document, one for each operation of the spec that the document has, and prints
// what the spec has to follow: first what contradicts the document, then what is new
// there, then what it says no more.
package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/specdoc"
)

const sources = "specs/sources"

func main() {
	from := flag.String("from", "", "OpenAPI `file` of a provider to write the inventory of")
	provider := flag.String("provider", "", "whose file it is, if its operations do not tell")
	flag.Parse()
	run := drift
	if *from != "" {
		run = func() error { return take(*from, *provider) }
	}
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// drift compares all specs with their sources.
func drift() error {
	wrong, err := inventory.Drift(sources)
	if err != nil {
		return err
	}
	lines := 0
	for _, finding := range wrong {
		fmt.Fprintln(os.Stderr, finding)
		lines += len(finding.Lines)
	}
	if lines > 0 {
		return fmt.Errorf("drift: %d differences between specs and their sources are not accounted for", lines)
	}
	fmt.Println("drift: every difference between the specs and their sources is recorded, with its reason")
	return nil
}

// take writes the inventories of a provider's document.
func take(from, provider string) error {
	doc, err := openapi3.NewLoader().LoadFromFile(from)
	if err != nil {
		return fmt.Errorf("inventory: %s: %w", from, err)
	}
	if provider == "" {
		if provider, err = owner(doc); err != nil {
			return err
		}
	}
	specs, err := inventory.Specs(provider)
	if err != nil {
		return err
	}
	deviations, err := inventory.ReadDeviations(filepath.Join(sources, "deviations.yaml"))
	if err != nil {
		return err
	}
	operations, taken := inventory.Operations(doc), 0
	for i, spec := range specs {
		if !slices.Contains(operations, spec.Operation) {
			continue
		}
		taken++
		v, err := inventory.Of(doc, spec.Operation)
		if err != nil {
			return fmt.Errorf("%s: %w", from, err)
		}
		if i == 0 {
			if err := v.AddDocument(doc, slices.Collect(maps.Keys(spec.Components))...); err != nil {
				return fmt.Errorf("%s: %w", from, err)
			}
		}
		v.Document = fmt.Sprintf("%s, OpenAPI %s of %s %s", filepath.Base(from), doc.OpenAPI, doc.Info.Title, doc.Info.Version)
		v.Date = time.Now().UTC().Format(time.DateOnly)
		file := filepath.Join(sources, spec.Source+".yaml")
		if err := v.Write(file); err != nil {
			return err
		}
		fmt.Printf("inventory: wrote %s; git diff shows what has changed at the provider\n", file)
		for _, finding := range deviations.Drift(spec.Source, v, spec) {
			fmt.Println(finding)
		}
	}
	if taken == 0 {
		return fmt.Errorf("inventory: %s: no operation of specs/%s.yaml, there are: %s", from, provider, strings.Join(operations, ", "))
	}
	return nil
}

// owner returns the provider whose operation a document has.
func owner(doc *openapi3.T) (string, error) {
	docs, err := specdoc.All()
	if err != nil {
		return "", err
	}
	for provider := range docs {
		specs, err := inventory.Specs(provider)
		if err != nil {
			return "", err
		}
		for _, spec := range specs {
			if slices.Contains(inventory.Operations(doc), spec.Operation) {
				return provider, nil
			}
		}
	}
	return "", errors.New("inventory: the document has no operation of any spec: say whose it is with PROVIDER=")
}
