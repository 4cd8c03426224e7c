package fuzz_test

import (
	"testing"

	"github.com/kycstart/kycstart/test/behaviour/evidence"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// FuzzEvidence changes a fixture as the bytes say, again and again until they are
// used up: what the library makes of it may not be more than the changed answer
// proves.
func FuzzEvidence(f *testing.F) {
	cases, err := fixtures.All()
	if err != nil {
		f.Fatal(err)
	}
	for i := range cases {
		for b := range byte(16) {
			f.Add(uint16(i), []byte{b, b * 3, b * 5, b * 7, b * 11, b * 13})
		}
	}
	f.Fuzz(func(t *testing.T, fixture uint16, choices []byte) {
		c := cases[int(fixture)%len(cases)]
		if len(choices) > 64 {
			return
		}
		a, how := evidence.FromFixture(c), ""
		for len(choices) > 0 {
			var what string
			a, what = evidence.Mutate(a, func(n int) int {
				if len(choices) == 0 {
					return 0
				}
				low := int(choices[0])
				choices = choices[1:]
				if n <= 256 || len(choices) == 0 {
					return low % n
				}
				high := int(choices[0])
				choices = choices[1:]
				return (high<<8 + low) % n
			})
			how += "\n\t" + what
			if len(a.Body) > 1<<16 {
				return
			}
		}
		e := replay.Start(fixtures.Start(a.Provider), a.Play())
		if e.Panic != nil {
			panic(e.Panic)
		}
		if lie := evidence.Judge(a, e.Result, e.Err); lie != "" {
			t.Errorf("test/fixtures/%s.http, with%s\n%s in %d %v %q (%v)", c.Name, how, lie, a.Status, a.Header, a.Body, e.Err)
		}
	})
}
