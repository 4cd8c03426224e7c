package main

import (
	"strings"

	"github.com/kycstart/kycstart/test/internal/inventory"
)

// breaks reports whether a change breaks existing users. Those who send requests must still be able
// to send the same ones. Those who read answers must get nothing that they were not told of.
func breaks(d inventory.Difference) bool {
	side, _, _ := strings.Cut(d.At, " ")
	sent := side == "request" || side == "parameter"
	fact, _, _ := strings.Cut(d.Fact, " ")
	switch {
	case side == "document", fact == "example", fact == "deprecated":
		return false
	case fact == "" && d.Source == inventory.None: // something is new
		return sent && d.SpecFacts["required"] == true
	case fact == "": // something, or a media type of a body, is gone
		return true
	case side == "security":
		return true
	case fact == "default": // in a request it is the value of what is not sent
		return sent
	}
	narrower, wider := effect(fact, d)
	return sent && narrower || !sent && wider
}

// effect reports whether a change makes the set of allowed values narrower or wider. It may be
// both.
func effect(fact string, d inventory.Difference) (narrower, wider bool) {
	added, removed := d.Source == inventory.None, d.Spec == inventory.None
	before, after := d.SourceFacts.Number(fact, 0), d.SpecFacts.Number(fact, 0)
	bothList := d.SourceFacts["enum"] != nil && d.SpecFacts["enum"] != nil
	switch {
	case fact == "nullable", fact == "enum" && bothList: // one value more or one less
		return removed, added
	case fact == "additional":
		return d.Spec == "closed", d.Source == "closed"
	case added || removed: // each fact about a value allows fewer values
		return added, removed
	case strings.HasPrefix(fact, "min"):
		return after > before, after < before
	case strings.HasPrefix(fact, "max"):
		return after < before, after > before
	}
	return true, true // another format or type
}
