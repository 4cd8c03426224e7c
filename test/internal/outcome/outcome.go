// Package outcome tells people what an outcome means: the table of all fixtures,
// and what to do about one outcome.
package outcome

import (
	"encoding/json"
	"fmt"

	"github.com/kycstart/kycstart/facade"
)

// Outcome is a Result, an Error or a finding as normalized JSON has it: one of
// the three, as in a want of the fixtures.
type Outcome struct {
	Result  *Result  `json:"result"`
	Error   *Error   `json:"error"`
	Finding *Finding `json:"finding"`
}

// Result is what tells of a confirmed start.
type Result struct {
	Provider       facade.Provider `json:"provider"`
	Status         facade.Status   `json:"status"`
	ProviderStatus string          `json:"provider_status"`
	Next           Step            `json:"next"`
}

// Error is what tells of a start that was not confirmed.
type Error struct {
	Provider    facade.Provider `json:"provider"`
	Kind        facade.Kind     `json:"kind"`
	Started     string          `json:"started"`
	SafeToRetry bool            `json:"safe_to_retry"`
	Code        string          `json:"code"`
	Fields      []any           `json:"fields"`
	Reasons     []struct {
		Code string `json:"code"`
	} `json:"reasons"`
	RetryAfter float64 `json:"retry_after"`
	Next       *Step   `json:"next"`
}

// Finding is what a look-up tells of an earlier start.
type Finding struct {
	Provider       facade.Provider `json:"provider"`
	Exists         string          `json:"exists"`
	ThisAttempt    string          `json:"this_attempt"`
	ProviderStatus string          `json:"provider_status"`
	Next           Step            `json:"next"`
}

// Step is the next step of either.
type Step struct {
	Kind facade.NextStepKind `json:"kind"`
}

// Parse reads an outcome. It fails if text holds none, or two.
func Parse(text []byte) (Outcome, error) {
	var o Outcome
	if err := json.Unmarshal(text, &o); err != nil {
		return Outcome{}, fmt.Errorf("outcome: %w", err)
	}
	held := 0
	for _, is := range []bool{o.Result != nil, o.Error != nil, o.Finding != nil} {
		if is {
			held++
		}
	}
	if held != 1 {
		return Outcome{}, fmt.Errorf("outcome: %d of result, error and finding, want one", held)
	}
	return o, nil
}

// Verdict is the one word for it: the status, the kind, or whether a process exists.
func (o Outcome) Verdict() string {
	switch {
	case o.Result != nil:
		return string(o.Result.Status)
	case o.Finding != nil:
		return "exists: " + o.Finding.Exists
	default:
		return string(o.Error.Kind)
	}
}

// Started tells whether the call has started a KYC: "yes", "no" or "unknown". A
// finding tells it of the attempt that was looked for.
func (o Outcome) Started() string {
	switch {
	case o.Result != nil:
		return "yes"
	case o.Finding != nil:
		return o.Finding.ThisAttempt
	default:
		return o.Error.Started
	}
}

// Next is the kind of the next step, empty for an error without one.
func (o Outcome) Next() facade.NextStepKind {
	switch {
	case o.Result != nil:
		return o.Result.Next.Kind
	case o.Finding != nil:
		return o.Finding.Next.Kind
	case o.Error.Next != nil:
		return o.Error.Next.Kind
	default:
		return ""
	}
}

// words are what the provider said, as far as it has words for it.
func (o Outcome) words() (words []string) {
	switch {
	case o.Result != nil:
		words = []string{o.Result.ProviderStatus}
	case o.Finding != nil:
		words = []string{o.Finding.ProviderStatus}
	case len(o.Error.Reasons) > 1:
		for _, r := range o.Error.Reasons {
			words = append(words, r.Code)
		}
	default:
		words = []string{o.Error.Code}
	}
	if words[0] == "" {
		return nil
	}
	return words
}
