package inventory

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// Deviation says why a spec differs from its source in some facts.
type Deviation struct {
	Reason string `yaml:"reason"`
	// Differences are in the form of [Difference.String].
	Differences []string `yaml:"differences"`
}

// Deviations are the recorded deviations, by the name of the source: "rebilly" for the source of
// the start, "rebilly.GetKYCRequest" for the source of a look-up.
type Deviations map[string][]Deviation

const deviations = "deviations"

// ReadDeviations returns the deviations in a folder. It fails if the file cannot
// be read.
func ReadDeviations(folder string) (Deviations, error) {
	var d Deviations
	err := read(filepath.Join(folder, deviations+".yaml"), &d)
	return d, err
}

// Drift compares a source with its spec and returns one line for each problem. It reports
// differences that are not recorded: first what contradicts the source, then what is new in the
// source, then what it no longer says. It also reports a record without a reason, and a record of a
// difference that no longer exists.
func (d Deviations) Drift(name string, source, spec *Inventory) (lines []string) {
	provider, _, _ := strings.Cut(name, ".")
	recorded := map[string]bool{} // not met yet
	record := func(why, line string) {
		lines = append(lines, fmt.Sprintf("specs/sources/deviations.yaml: %s: %s: %s", name, why, line))
	}
	for _, deviation := range d[name] {
		if deviation.Reason == "" {
			record("without a reason", fmt.Sprint(deviation.Differences))
		}
		for _, line := range deviation.Differences {
			if recorded[line] {
				record("recorded twice", line)
			}
			recorded[line] = true
		}
	}
	sorted := map[string][]string{}
	for _, difference := range Differences(source, spec) {
		line := difference.String()
		if recorded[line] {
			delete(recorded, line)
			continue
		}
		kind := "contradicts"
		switch None {
		case difference.Spec:
			kind = "lacks what is new in"
		case difference.Source:
			kind = "has what is not in"
		}
		sorted[kind] = append(sorted[kind], fmt.Sprintf("specs/%s.yaml %s specs/sources/%s.yaml: %s", provider, kind, name, line))
	}
	for _, line := range slices.Sorted(maps.Keys(recorded)) {
		record("no difference any more, take it out", line)
	}
	return slices.Concat(sorted["contradicts"], sorted["lacks what is new in"], sorted["has what is not in"], lines)
}

// Drift compares the operations of all specs with the inventories in a folder. It fails if they
// differ in a way that the deviations there do not name, or if one of the files is missing or
// cannot be read.
func Drift(folder string) error {
	docs, err := specdoc.All()
	if err != nil {
		return err
	}
	recorded, err := ReadDeviations(folder)
	if err != nil {
		return err
	}
	var wrong []string
	names := []string{deviations}
	for _, provider := range slices.Sorted(maps.Keys(docs)) {
		specs, err := Specs(provider)
		if err != nil {
			return err
		}
		for _, spec := range specs {
			source, err := Read(filepath.Join(folder, spec.Source+".yaml"))
			if err != nil {
				return err
			}
			wrong = append(wrong, recorded.Drift(spec.Source, source, spec)...)
			names = append(names, spec.Source)
		}
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	for _, file := range files {
		if !slices.Contains(names, strings.TrimSuffix(filepath.Base(file), ".yaml")) {
			wrong = append(wrong, file+": no spec has such an operation: take it out")
		}
	}
	for name := range recorded {
		if !slices.Contains(names, name) {
			wrong = append(wrong, "specs/sources/deviations.yaml: "+name+": no spec has such an operation: take it out")
		}
	}
	if len(wrong) > 0 {
		return fmt.Errorf("change the specs to follow their sources, or record the part of each line after the file name in "+
			"specs/sources/deviations.yaml, with a reason:\n\t%s", strings.Join(wrong, "\n\t"))
	}
	return err
}
