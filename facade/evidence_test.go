package facade

import "testing"

// TestEveryEvidence goes through every combination of facts, and holds the
// decision to the rule in other words: a list of objections to each verdict.
func TestEveryEvidence(t *testing.T) {
	statuses := []int{0, 100, 200, 201, 202, 204, 302, 400, 401, 403, 404, 408, 409, 418, 422, 429, 499, 500, 503, 999}
	counts := map[Started]int{}
	for bits := range 1 << 15 {
		bit := func(n int) bool { return bits>>n&1 == 1 }
		for connections := range 3 {
			for _, status := range statuses {
				e := evidence{
					unsent: bit(0), connections: connections, reused: bit(1),
					status: status, starts: bit(2), documented: bit(3), jsonType: bit(4), empty: bit(5),
					found: found{whole: bit(6), doubled: bit(7), mistyped: bit(8), denies: bit(9)},
					said:  said{refusal: bit(10), refusalAs200: bit(11), contradicts: bit(12), knownCode: bit(13), openCode: bit(14)},
				}
				got := e.started()
				counts[got]++
				if want := ruling(e); got != want {
					t.Fatalf("%+v: started %s, and the rule says %s", e, got, want)
				}
			}
		}
	}
	t.Log(counts)
	for _, s := range []Started{StartedNo, StartedUnknown, StartedYes} {
		if counts[s] == 0 {
			t.Errorf("no combination is %s", s)
		}
	}
}

// ruling is the rule, as somebody would put it who doubts everything.
func ruling(e evidence) Started {
	// Without an answer only one thing proves anything.
	if e.status == 0 && e.unsent {
		return StartedNo
	}
	doubts := []struct {
		why   string
		holds bool
	}{
		{"no connection was seen, or several: which delivery does it answer?", e.connections != 1},
		{"it may answer an earlier call on this connection", e.reused},
		{"a server that timed out may have begun", e.status == 408},
		{"the conflict may be with this very start", e.status == 409},
		{"this status refuses nothing", (e.status < 400 || e.status > 499) && (e.status != 200 || !e.refusalAs200)},
		{"a proxy may have said it", !e.refusal},
		{"the part that is missing could say the contrary", !e.whole && !e.empty},
		{"it did not come as JSON", !e.jsonType && !e.empty},
		{"it says a thing twice", e.doubled},
		{"the provider would write another type", e.mistyped},
		{"it says the contrary as well", e.contradicts},
		{"nobody documents it", !e.documented && !e.knownCode},
		{"a code leaves it open", e.openCode},
	}
	for _, doubt := range doubts {
		if !doubt.holds {
			continue
		}
		if e.starts && !e.denies && !e.contradicts {
			return StartedYes
		}
		return StartedUnknown
	}
	return StartedNo
}
