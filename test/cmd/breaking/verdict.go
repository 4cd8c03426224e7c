package main

import (
	"slices"
	"strconv"
	"strings"

	"github.com/kycstart/kycstart/test/internal/inventory"
)

// breaks reports whether a change breaks those who use what was there: who send
// requests must be able to send the same, and who read answers must get no more than
// they were told of.
func breaks(d inventory.Difference) bool {
	side, _, _ := strings.Cut(d.At, " ")
	sent := side == "request" || side == "parameter"
	fact, _, _ := strings.Cut(d.Fact, " ")
	switch {
	case side == "document", fact == "example", fact == "deprecated":
		return false
	case fact == "" && d.Source == inventory.None: // a thing that is new
		return sent && d.SpecFacts["required"] == "true"
	case fact == "", fact == "content": // a thing, or a media type of its body
		return d.Spec == inventory.None
	case side == "security":
		return true
	case fact == "default": // of a request it is what is not sent
		return sent
	}
	narrower, wider := effect(fact, d)
	return sent && narrower || !sent && wider
}

// effect reports whether a change makes the set of values narrower or wider that
// may stand in its place. It may be both.
func effect(fact string, d inventory.Difference) (narrower, wider bool) {
	added, removed := d.Source == inventory.None, d.Spec == inventory.None
	before, _ := strconv.ParseFloat(d.Source, 64)
	after, _ := strconv.ParseFloat(d.Spec, 64) // both are numbers where they are asked for
	switch {
	case fact == "nullable", fact == "enum" && listed(d.SourceFacts) && listed(d.SpecFacts): // one value more, or one less
		return removed, added
	case fact == "additional":
		return d.Spec == "closed", d.Source == "closed"
	case added || removed: // what is said of a value makes fewer fit
		return added, removed
	case slices.Contains([]string{"minimum", "minLength", "minItems"}, fact):
		return after > before, after < before
	case slices.Contains([]string{"maximum", "maxLength", "maxItems"}, fact):
		return after < before, after > before
	}
	return true, true // another format or type
}

// listed reports whether facts name the values of an enum.
func listed(facts map[string]string) bool {
	for fact := range facts {
		if strings.HasPrefix(fact, "enum ") {
			return true
		}
	}
	return false
}
