package inventory

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"

	"github.com/kycstart/kycstart/test/internal/specdoc"
)

// Deviation is why a spec differs from its source in some facts.
type Deviation struct {
	Reason string `yaml:"reason"`
	// Differences are in the words of [Difference.String].
	Differences []string `yaml:"differences"`
}

// Deviations are the recorded ones, by provider.
type Deviations map[string][]Deviation

// ReadDeviations returns the deviations in a file. It fails if the file cannot
// be read.
func ReadDeviations(file string) (Deviations, error) {
	var d Deviations
	err := read(file, &d)
	return d, err
}

// Drift returns what is wrong between a provider's source and its spec, one line
// each: a difference that is not recorded, a record without a reason, and a
// record of what is no difference any more.
func (d Deviations) Drift(provider string, source, spec *Inventory) (wrong []string) {
	recorded := map[string]bool{} // true once it is met
	for _, deviation := range d[provider] {
		if deviation.Reason == "" || len(deviation.Differences) == 0 {
			wrong = append(wrong, fmt.Sprintf("specs/sources/deviations.yaml: %s: a deviation without a reason or a difference: %+v",
				provider, deviation))
		}
		for _, line := range deviation.Differences {
			if _, twice := recorded[line]; twice {
				wrong = append(wrong, fmt.Sprintf("specs/sources/deviations.yaml: %s: %q is recorded twice", provider, line))
			}
			recorded[line] = false
		}
	}
	for _, difference := range Differences(source, spec) {
		line := difference.String()
		if _, ok := recorded[line]; !ok {
			wrong = append(wrong, fmt.Sprintf("specs/%s.yaml differs from specs/sources/%s.yaml (%s, %s): %s: follow the source, "+
				"or record the line in specs/sources/deviations.yaml with a reason", provider, provider, source.Document, source.Date, line))
		}
		recorded[line] = true
	}
	for _, deviation := range d[provider] {
		for _, line := range deviation.Differences {
			if !recorded[line] {
				wrong = append(wrong, fmt.Sprintf("specs/sources/deviations.yaml: %s: %q is no difference any more: take it out", provider, line))
			}
		}
	}
	return wrong
}

// Drift returns what is wrong between the specs of all providers and the
// inventories in a folder, by the deviations recorded there. It fails if a file
// is missing or cannot be read.
func Drift(folder string) (wrong []string, err error) {
	docs, err := specdoc.All()
	if err != nil {
		return nil, err
	}
	deviations, err := ReadDeviations(filepath.Join(folder, "deviations.yaml"))
	if err != nil {
		return nil, err
	}
	for _, provider := range slices.Sorted(maps.Keys(docs)) {
		source, err := Read(filepath.Join(folder, provider+".yaml"))
		if err != nil {
			return nil, err
		}
		spec, err := Spec(provider)
		if err != nil {
			return nil, err
		}
		wrong = append(wrong, deviations.Drift(provider, source, spec)...)
	}
	return wrong, nil
}
