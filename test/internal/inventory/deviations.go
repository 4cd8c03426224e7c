package inventory

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// Deviation is why a spec differs from its source in some facts.
type Deviation struct {
	Reason string `yaml:"reason"`
	// Differences are in the words of [Difference.String].
	Differences []string `yaml:"differences"`
}

// Deviations are the recorded ones, by the name of the source: "rebilly" for the
// source of the start, "rebilly.GetKYCRequest" for that of a look-up.
type Deviations map[string][]Deviation

// ReadDeviations returns the deviations in a file. It fails if the file cannot
// be read.
func ReadDeviations(file string) (Deviations, error) {
	var d Deviations
	err := read(file, &d)
	return d, err
}

// Drift returns what is wrong between a source and its spec, one line each: a
// difference that is not recorded, a record without a reason, and a record of
// what is no difference any more.
func (d Deviations) Drift(name string, source, spec *Inventory) (wrong []string) {
	provider, _, _ := strings.Cut(name, ".")
	recorded := map[string]bool{} // true once it is met
	for _, deviation := range d[name] {
		if deviation.Reason == "" || len(deviation.Differences) == 0 {
			wrong = append(wrong, fmt.Sprintf("specs/sources/deviations.yaml: %s: a deviation without a reason or a difference: %+v",
				name, deviation))
		}
		for _, line := range deviation.Differences {
			if _, twice := recorded[line]; twice {
				wrong = append(wrong, fmt.Sprintf("specs/sources/deviations.yaml: %s: %q is recorded twice", name, line))
			}
			recorded[line] = false
		}
	}
	for _, difference := range Differences(source, spec) {
		line := difference.String()
		if _, ok := recorded[line]; !ok {
			wrong = append(wrong, fmt.Sprintf("specs/%s.yaml differs from specs/sources/%s.yaml (%s, %s): %s: follow the source, "+
				"or record the line in specs/sources/deviations.yaml with a reason", provider, name, source.Document, source.Date, line))
		}
		recorded[line] = true
	}
	for _, deviation := range d[name] {
		for _, line := range deviation.Differences {
			if !recorded[line] {
				wrong = append(wrong, fmt.Sprintf("specs/sources/deviations.yaml: %s: %q is no difference any more: take it out", name, line))
			}
		}
	}
	return wrong
}

const deviationsFile = "deviations"

// Drift returns what is wrong between the operations of all specs and the
// inventories in a folder, by the deviations recorded there. It fails if a file
// is missing or cannot be read.
func Drift(folder string) (wrong []string, err error) {
	docs, err := specdoc.All()
	if err != nil {
		return nil, err
	}
	deviations, err := ReadDeviations(filepath.Join(folder, deviationsFile+".yaml"))
	if err != nil {
		return nil, err
	}
	names := []string{deviationsFile}
	for _, provider := range slices.Sorted(maps.Keys(docs)) {
		specs, err := Specs(provider)
		if err != nil {
			return nil, err
		}
		for _, spec := range specs {
			source, err := Read(filepath.Join(folder, spec.Source+".yaml"))
			if err != nil {
				return nil, err
			}
			wrong = append(wrong, deviations.Drift(spec.Source, source, spec)...)
			names = append(names, spec.Source)
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".yaml"); !slices.Contains(names, name) {
			wrong = append(wrong, fmt.Sprintf("specs/sources/%s.yaml: no spec has such an operation: take it out", name))
		}
	}
	for name := range deviations {
		if !slices.Contains(names, name) {
			wrong = append(wrong, fmt.Sprintf("specs/sources/deviations.yaml: %s: no spec has such an operation: take it out", name))
		}
	}
	return wrong, nil
}
