// Package specstrictness_test breaks every value of every fixture, one at a time, and
// demands that package contract rejects it if and only if the facts of the spec do
// not allow it, which the sources in specs/sources answer for; and that the facade
// lives with it, if it is the answer to a start.
package specstrictness_test

import (
	"bytes"
	"errors"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// mutant is one fixture's body with one change.
type mutant struct {
	status string // with the operation in front if it is a look-up's: "GetKYCResult/200"
	place  string // where the spec has the value, or the pointer if it has not
	kind   kind
	// binding tells that the change is one that the spec forbids by a type or by
	// required.
	binding bool
	body    any
}

// String returns where the mutant was broken, and how.
func (m mutant) String() string {
	if m.place == "" {
		return "the body, " + string(m.kind)
	}
	return m.place + ", " + string(m.kind)
}

// kind is a way to break a value.
type kind string

const (
	deleted  kind = "deleted"
	null     kind = "null"
	retyped  kind = "retyped"
	garbage  kind = "garbage"
	overlong kind = "overlong"
	tooSmall kind = "too small"
	tooLarge kind = "too large"
	unlisted kind = "unlisted"
	extra    kind = "extra property"
)

// mutants returns every mutant of a body.
func mutants(response inventory.Message, status string, body any) (all []mutant) {
	for _, pointer := range jsontree.Pointers(body) {
		value := jsontree.All(body, pointer)[0]
		place, known := response.PlaceOf(pointer)
		if !known {
			place = pointer
		}
		m := mutant{status: status, place: place}
		facts := response.At(place)
		typed, numeric, required, nullable, enum, longest := false, false, false, false, false, uint64(2000)
		for _, f := range facts {
			typed = typed || f.Type != ""
			numeric = numeric || f.Type == "integer" || f.Type == "number"
			required = required || f.Required
			nullable = nullable || f.Nullable
			enum = enum || slices.ContainsFunc(f.Enum, func(listed any) bool {
				return bytes.Equal(jsontree.Encode(listed), jsontree.Encode(value))
			})
			if f.MaxLength != nil {
				longest = *f.MaxLength
			}
		}
		add := func(k kind, binding bool, body any) {
			all = append(all, mutant{m.status, m.place, k, binding, body})
		}
		replace := func(k kind, binding bool, value any) {
			add(k, binding, jsontree.With(body, pointer, value))
		}
		if pointer != "" {
			add(deleted, required, jsontree.Without(body, pointer))
		}
		if value != nil {
			replace(null, typed && !nullable, nil)
		}
		switch value := value.(type) {
		case string:
			replace(retyped, typed, 7)
			replace(garbage, false, "~ garbage \a ~")
			replace(overlong, false, strings.Repeat("a", int(longest)+1))
			if enum {
				replace(unlisted, false, value+"_unlisted")
			}
		case map[string]any:
			replace(retyped, typed, []any{})
			add(extra, false, jsontree.With(body, pointer+"/zz_extra", 1))
		case []any:
			replace(retyped, typed, map[string]any{})
		case bool, nil:
			if numeric {
				replace(retyped, typed, "text")
			} else {
				replace(retyped, typed, 7)
			}
		default:
			replace(retyped, typed, "text")
			replace(tooSmall, false, math.MinInt64)
			replace(tooLarge, false, math.MaxInt64)
			if enum {
				replace(unlisted, false, 987)
			}
		}
	}
	return all
}

// tally counts the mutants of a provider.
type tally struct{ mutants, killed, binding, bindingKilled int }

// TestMutants breaks the answers that each spec accepts.
func TestMutants(t *testing.T) {
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) {
			responses := responsesOf(t, p)
			cases, err := fixtures.AllOf(string(p))
			if err != nil {
				t.Fatal(err)
			}
			var sum tally
			for _, c := range cases {
				body, err := jsontree.Decode(c.Body)
				if err != nil {
					continue
				}
				status := path.Join(c.Operation, strconv.Itoa(c.Status))
				if !c.Rejected && len(contract.Response(c.Provider, c.Operation, c.Status, c.Header, c.Body)) > 0 {
					continue // TestFixtures tells what is wrong with it
				}
				for _, m := range mutants(responses[status], status, body) {
					text := jsontree.Encode(m.body)
					if c.Operation == "" {
						live(t, c, m, text)
					}
					if c.Rejected {
						continue // what the spec rejects unbroken says nothing of it
					}
					found := contract.Response(c.Provider, c.Operation, c.Status, c.Header, text)
					sum.count(m, len(found) > 0)
					broken, err := jsontree.Decode(text)
					if err != nil {
						t.Fatal(err)
					}
					if fits := fields(responses[status].Fields).fit("", broken); fits != (len(found) == 0) {
						t.Errorf("test/fixtures/%s.http with %s: by the facts of specs/%s.yaml the response %s accepts it: %t, by package contract: %v",
							c.Name, m, p, status, fits, found)
					}
				}
			}
			t.Logf("%-8s %5d mutants, %5d killed, %4d allowed by the spec; of required or typed values %5d, %5d killed: %.1f %%",
				p, sum.mutants, sum.killed, sum.mutants-sum.killed, sum.binding, sum.bindingKilled, sum.rate())
			if sum.rate() < wanted {
				t.Errorf("specs/%s.yaml: %.1f %% of the mutants of required or typed values are killed, want %d %%", p, sum.rate(), wanted)
			}
		})
	}
}

// responsesOf returns the responses of all operations of a provider, by what a
// mutant has for a status.
func responsesOf(t *testing.T, p facade.Provider) map[string]inventory.Message {
	t.Helper()
	specs, err := inventory.Specs(string(p))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]inventory.Message{}
	for i, spec := range specs {
		operation := spec.ID
		if i == 0 {
			operation = "" // the start
		}
		for status, response := range spec.Responses {
			all[path.Join(operation, status)] = response
		}
	}
	return all
}

// wanted is how many percent of the mutants that break a type or a requirement
// must be killed.
const wanted = 95

func (s *tally) count(m mutant, killed bool) {
	s.mutants++
	if m.binding {
		s.binding++
	}
	if killed {
		s.killed++
	}
	if killed && m.binding {
		s.bindingKilled++
	}
}

func (s *tally) rate() float64 {
	if s.binding == 0 {
		return 100
	}
	return 100 * float64(s.bindingKilled) / float64(s.binding)
}

// live demands that the facade makes exactly one of Result and Error of a
// mutant, without panic, and keeps its status.
func live(t *testing.T, c fixtures.Case, m mutant, text []byte) {
	t.Helper()
	e := replay.Start(fixtures.Start(facade.Provider(c.Provider)), replay.Answer{Status: c.Status, Header: c.Header, Body: text})
	var failed *facade.Error
	errors.As(e.Err, &failed)
	switch {
	case e.Panic != nil:
		t.Errorf("test/fixtures/%s.http with %s: the facade panics: %v", c.Name, m, e.Panic)
	case (e.Result == nil) == (failed == nil):
		t.Errorf("test/fixtures/%s.http with %s: not exactly one of Result and Error", c.Name, m)
	case e.Result != nil && e.Result.HTTPStatus != c.Status, failed != nil && failed.HTTPStatus != c.Status:
		t.Errorf("test/fixtures/%s.http with %s: the status %d is lost: %s", c.Name, m, c.Status, e.Outcome())
	case failed != nil && (failed.Kind == "" || string(failed.Provider) != c.Provider):
		t.Errorf("test/fixtures/%s.http with %s: no kind or no provider: %s", c.Name, m, e.Outcome())
	}
}
