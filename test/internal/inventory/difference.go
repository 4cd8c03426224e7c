package inventory

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Difference is one fact in which two inventories differ.
type Difference struct {
	// At is the place.
	At string
	// Fact is the keyword, such as "maxLength", or a keyword and one of its values, such as `enum
	// "up"`. It is empty if only one of the two inventories has the place At at all.
	Fact         string
	Source, Spec string
	// SourceFacts and SpecFacts are all facts about At, or nil if the inventory does not have it.
	SourceFacts, SpecFacts Facts
}

// None stands for a fact that is not there.
const None = "none"

const present = "present"

// String returns the difference in the form of deviations.yaml.
func (d Difference) String() string { return d.Words("source", "spec") }

// Words returns the difference, with the given words for the two sides.
func (d Difference) Words(source, spec string) string {
	return fmt.Sprintf("%s: %s %s, %s %s", strings.TrimSuffix(d.At+" "+d.Fact, " "), source, d.Source, spec, d.Spec)
}

// Differences returns the facts in which source and spec differ, in order. If only one of them has
// a thing, that is one difference, and its parts are not listed as well.
func Differences(source, spec *Inventory) (all []Difference) {
	for _, at := range keys(source.Facts, spec.Facts) {
		a, inSource := source.Facts[at]
		b, inSpec := spec.Facts[at]
		switch {
		case inSource && inSpec:
			one, other := items(a), items(b)
			for _, fact := range keys(one, other) {
				if one[fact] != other[fact] {
					all = append(all, Difference{at, fact, cmp.Or(one[fact], None), cmp.Or(other[fact], None), a, b})
				}
			}
		case inSpec && !within(spec, source, at):
			all = append(all, Difference{at, "", None, present, a, b})
		case inSource && !within(source, spec, at):
			all = append(all, Difference{at, "", present, None, a, b})
		}
	}
	return all
}

// within reports whether a place is within another one that only one of two inventories has. That is
// already a difference, so the place adds none.
func within(one, other *Inventory, at string) bool {
	for i := 1; i < len(at); i++ {
		_, inOne := one.Facts[at[:i]]
		_, inOther := other.Facts[at[:i]]
		if ends := strings.IndexByte("/| ", at[i]) >= 0 || at[i-1] == '/'; ends && inOne && !inOther {
			return true
		}
	}
	return false
}

func keys[T any](a, b map[string]T) []string {
	both := map[string]T{}
	maps.Copy(both, a)
	maps.Copy(both, b)
	return slices.Sorted(maps.Keys(both))
}

// items returns facts as texts. Each item of a list of values is a fact of its own.
func items(f Facts) map[string]string {
	all := map[string]string{}
	for keyword, value := range f {
		switch keyword {
		case Upstream:
		case "enum", "example":
			for _, item := range f.List(keyword) {
				all[keyword+" "+text(item)] = present
			}
		default:
			all[keyword] = strings.Trim(text(value), `"`)
		}
	}
	return all
}
