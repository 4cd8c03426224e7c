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

// Finding is what is wrong with one file.
type Finding struct {
	File string // and what to do about it
	// Lines are first what contradicts the source, then what is new there, then what
	// it says no more.
	Lines []string
}

// String returns the finding, one line a fact.
func (f Finding) String() string { return f.File + ":\n\t" + strings.Join(f.Lines, "\n\t") }

// Drift returns what is wrong between a source and its spec: a difference that is
// not recorded, a record without a reason, and a record of what is no difference
// any more.
func (d Deviations) Drift(name string, source, spec *Inventory) (all []Finding) {
	provider, _, _ := strings.Cut(name, ".")
	records := Finding{File: "specs/sources/deviations.yaml, " + name}
	recorded := map[string]bool{} // true once it is met
	for _, deviation := range d[name] {
		if deviation.Reason == "" || len(deviation.Differences) == 0 {
			records.Lines = append(records.Lines, fmt.Sprintf("without a reason or a difference: %+v", deviation))
		}
		for _, line := range deviation.Differences {
			if _, twice := recorded[line]; twice {
				records.Lines = append(records.Lines, "recorded twice: "+line)
			}
			recorded[line] = false
		}
	}
	facts := Finding{File: fmt.Sprintf("specs/%s.yaml differs from specs/sources/%s.yaml (%s, %s): follow it, or record the line "+
		"in specs/sources/deviations.yaml with a reason", provider, name, source.Document, source.Date)}
	for _, difference := range Differences(source, spec) {
		line := difference.String()
		if _, ok := recorded[line]; !ok {
			facts.Lines = append(facts.Lines, difference.kind()+": "+line)
		}
		recorded[line] = true
	}
	slices.SortStableFunc(facts.Lines, func(a, b string) int {
		word := func(line string) int {
			kind, _, _ := strings.Cut(line, ":")
			return slices.Index(kinds, kind)
		}
		return word(a) - word(b)
	})
	for _, deviation := range d[name] {
		for _, line := range deviation.Differences {
			if !recorded[line] {
				records.Lines = append(records.Lines, "no difference any more, take it out: "+line)
			}
		}
	}
	for _, f := range []Finding{facts, records} {
		if len(f.Lines) > 0 {
			all = append(all, f)
		}
	}
	return all
}

const deviationsFile = "deviations"

// Drift returns what is wrong between the operations of all specs and the
// inventories in a folder, by the deviations recorded there. It fails if a file
// is missing or cannot be read.
func Drift(folder string) (all []Finding, err error) {
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
			all = append(all, deviations.Drift(spec.Source, source, spec)...)
			names = append(names, spec.Source)
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if name := strings.TrimSuffix(filepath.Base(file), ".yaml"); !slices.Contains(names, name) {
			all = append(all, Finding{"specs/sources", []string{name + ".yaml: no spec has such an operation: take it out"}})
		}
	}
	for name := range deviations {
		if !slices.Contains(names, name) {
			all = append(all, Finding{"specs/sources/deviations.yaml", []string{name + ": no spec has such an operation: take it out"}})
		}
	}
	return all, nil
}
