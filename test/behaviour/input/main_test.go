// Package input_test holds the facade to what it does with everything that
// comes in from outside: requests and configurations of the caller's, and
// answers of the providers'. Nothing here needs a network but loopback.
package input_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

func TestMain(m *testing.M) {
	if err := fixtures.Complete(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}

var providers = fixtures.Providers()

// byProvider returns what the descriptor of each provider gives.
func byProvider[T any](give func(fixtures.Descriptor) T) map[facade.Provider]T {
	all := map[facade.Provider]T{}
	for _, d := range fixtures.Descriptors() {
		all[d.Provider] = give(d)
	}
	return all
}

// full are valid requests with every field filled, as pointers to be changed.
var full = byProvider(func(d fixtures.Descriptor) func() facade.Request { return d.Full })

// starts are the answers that confirm each provider's canonical request, refusals those
// that refuse it.
var (
	starts   = byProvider(func(d fixtures.Descriptor) answer { return answerOf(d.Success.Name) })
	refusals = byProvider(func(d fixtures.Descriptor) answer { return answerOf(d.Refusal.Name) })
)

// answerOf returns the answer of a fixture, without blanks in its JSON.
func answerOf(name string) answer {
	c, _ := fixtures.Find(name) // is there, or TestMain ends
	var body bytes.Buffer
	_ = json.Compact(&body, c.Body) // leaves none of what is no JSON
	return answer{c.Status, c.Header, body.String()}
}
