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

// lowest and highest are limits; flags are false if they are not there.
var (
	lowest  = []string{"minimum", "minLength", "minItems"}
	highest = []string{"maximum", "maxLength", "maxItems"}
	flags   = map[string]bool{"required": true, "uniqueItems": true, "nullable": false} // true for those that narrow
)

// effect reports whether a change makes the set of values narrower or wider that
// may stand in its place. It may be both.
func effect(fact string, d inventory.Difference) (narrower, wider bool) {
	added, removed := d.Source == inventory.None, d.Spec == inventory.None
	switch narrows, flag := flags[fact]; {
	case flag:
		return narrows == added, narrows != added
	case fact == "enum": // of which one value is new or gone
		if all := listed(d.SourceFacts) == 0 || listed(d.SpecFacts) == 0; all {
			return added, removed
		}
		return removed, added
	case fact == "additional":
		return d.Spec == "closed", d.Source == "closed"
	case added || removed: // what is said of a value makes fewer fit
		return added, removed
	case slices.Contains(lowest, fact):
		more := amount(d.Spec) > amount(d.Source)
		return more, !more
	case slices.Contains(highest, fact):
		more := amount(d.Spec) > amount(d.Source)
		return !more, more
	}
	return true, true // another format or type
}

// listed counts the values of an enum.
func listed(facts map[string]string) (n int) {
	for fact := range facts {
		if strings.HasPrefix(fact, "enum ") {
			n++
		}
	}
	return n
}

func amount(text string) float64 {
	n, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return 0 // a limit is a number
	}
	return n
}
