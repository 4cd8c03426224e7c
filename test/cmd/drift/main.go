// Command drift compares each spec with the inventory of its source, in
// specs/sources. It prints every difference that is not recorded as a
// deviation, and fails if there is one.
//
// With -from it instead writes inventories from a provider's OpenAPI document, one for each
// operation of the spec that the document has. It then prints what the spec must follow: first what
// contradicts the document, then what is new in it, then what it no longer says, operations last.
package main

import (
	"cmp"
	"errors"
	"flag"
	"fmt"
	"io"
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
	err := inventory.Drift(sources)
	if *from != "" {
		err = take(os.Stdout, *from, *provider)
	} else if err == nil {
		fmt.Println("drift: every difference between the specs and their sources is recorded, with its reason")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// take writes the inventories of a provider's document. If no provider is named, it is the one
// whose operations the document has.
func take(out io.Writer, from, provider string) error {
	doc, err := openapi3.NewLoader().LoadFromFile(from)
	if err != nil {
		return fmt.Errorf("inventory: %s: %w", from, err)
	}
	docs, err := specdoc.All()
	deviations, failed := inventory.Read[inventory.Deviations](filepath.Join(sources, "deviations.yaml"))
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	operations, taken := inventory.Operations(doc), 0
	if provider != "" && docs[provider] == nil {
		return fmt.Errorf("inventory: PROVIDER=%s is no provider, there are: %s", provider, strings.Join(slices.Sorted(maps.Keys(docs)), ", "))
	}
	for _, owner := range slices.Sorted(maps.Keys(docs)) {
		var missing []string
		specs, err := inventory.Specs(owner)
		if err != nil {
			return err
		}
		for i, spec := range specs {
			if provider != "" && provider != owner || !slices.Contains(operations, spec.Operation) {
				missing = append(missing, fmt.Sprintf("inventory: %s does not have %s: if its path has changed, change it in specs/%s.yaml first, and take the document again\n", from, spec.Operation, owner))
				continue
			}
			taken++
			v, err := inventory.Of(doc, spec.Operation)
			if i == 0 && err == nil {
				err = v.AddDocument(doc, slices.Collect(maps.Keys(spec.Under("component")))...)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", from, err)
			}
			v.Document = fmt.Sprintf("%s, OpenAPI %s of %s %s", filepath.Base(from), doc.OpenAPI, doc.Info.Title, doc.Info.Version)
			v.Date = time.Now().UTC().Format(time.DateOnly)
			file := filepath.Join(sources, spec.Source+".yaml")
			if err := v.Write(file); err != nil {
				return err
			}
			fmt.Fprintf(out, "inventory: wrote %s; git diff shows what has changed at the provider\n", file)
			for _, line := range deviations.Drift(spec.Source, v, spec) {
				fmt.Fprintln(out, line)
			}
		}
		if len(missing) < len(specs) { // else the document is another provider's
			fmt.Fprint(out, strings.Join(missing, ""))
		}
	}
	if taken == 0 {
		return fmt.Errorf("inventory: %s has no operation of specs/%s.yaml: if a path has changed, change it in the spec first; the document has: %s", from, cmp.Or(provider, "*"), strings.Join(operations, ", "))
	}
	return nil
}
