// Package evidence says what an answer of a provider proves, in other words than
// the library says it: written by hand from the providers' documents, on JSON
// that it reads itself, with every member kept, also one that stands twice.
//
// Its tests hold the library to it: answers cut at every byte, answers changed in
// every way, and what an answer may cost in memory.
package evidence

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/kycstart/kycstart/facade"
)

// Answer is what a client has of an answer, and of the way it came.
type Answer struct {
	Provider facade.Provider
	Status   int // 0 if none came
	Header   http.Header
	Body     []byte
	// Length is how long the body is by its own word, -1 if it does not say.
	Length int64
	// Whole tells that the body came to its end, as far as a client can see.
	Whole bool
	// Connections are how many the request had, as far as its transport told, and
	// Reused tells that the last one had been used before.
	Connections int
	Reused      bool
}

// Verdict is what an answer proves about its request.
type Verdict int

// The verdicts. Open is for an answer that the contract can be read to be evidence,
// and not to be: nobody is held to either.
const (
	Nothing Verdict = iota
	Open
	Refused
)

// String returns "nothing", "open" or "refused".
func (v Verdict) String() string { return [...]string{"nothing", "open", "refused"}[v] }

// Refusal tells whether the provider itself refused, in words that it documents,
// and why not if it did not.
func Refusal(a Answer) (Verdict, string) {
	r, ok := rulesOf[a.Provider]
	switch {
	case !ok:
		return Open, "nobody has written what the provider's answers prove"
	case a.Connections != 1:
		return Nothing, fmt.Sprint(a.Connections, " connections")
	case a.Reused:
		return Nothing, "a connection that was used before"
	case !a.Whole:
		return Nothing, "not whole"
	case a.Status == http.StatusRequestTimeout || a.Status == http.StatusConflict:
		return Nothing, "a status that leaves it open"
	case a.Status/100 != 4 && a.Status != r.refusedBy:
		return Nothing, "a status that refuses nothing"
	case r.empty != nil && len(a.Body) == 0:
		return r.empty(a)
	case !isJSON(a.mediaType()):
		return Nothing, "not JSON by its media type"
	}
	body, ok := read(a.Body)
	if !ok {
		return Nothing, "not JSON"
	}
	verdict, why := r.refused(a, body)
	if verdict == Refused && a.encoded() {
		return Open, "encoded, and readable all the same"
	}
	return verdict, why
}

// Confirms tells whether the answer may be taken for the word that a KYC process
// exists for the customer of the canonical request.
func Confirms(a Answer) bool {
	r, ok := rulesOf[a.Provider]
	if !ok || a.Status == r.confirmedBy {
		return true // nobody is held to anything, or by its status alone
	}
	// An answer without a media type is read; one of another type than JSON is not.
	if m := a.mediaType(); !a.Whole || m != "" && !isJSON(m) {
		return false
	}
	body, ok := read(a.Body)
	return ok && body.kind == object && r.confirmed(a, body)
}

// Judge returns what is wrong with what the library made of an answer, and nothing
// if it may be so. It asks for no more than the answer proves: a Result that was
// confirmed, a no that the provider said, a yes that the status says and nothing
// else denies.
func Judge(a Answer, res *facade.Result, err error) string {
	if (res == nil) == (err == nil) {
		return "not exactly one of Result and Error"
	}
	if res != nil {
		if res.HTTPStatus != a.Status {
			return fmt.Sprintf("a Result of the status %d", res.HTTPStatus)
		}
		if !Confirms(a) {
			return fmt.Sprintf("a Result (%s) that nobody confirmed", res.Status)
		}
		return ""
	}
	e, ok := err.(*facade.Error)
	switch {
	case !ok || e.Kind == "" || e.Provider != a.Provider:
		return fmt.Sprintf("half an error: %v", err)
	case e.HTTPStatus != a.Status:
		return fmt.Sprintf("an error of the status %d", e.HTTPStatus)
	case e.SafeToRetry() && e.Started != facade.StartedNo:
		return "safe to retry, although it may have been started"
	case e.Started == facade.StartedNo && a.Status == 0 && a.Connections == 0:
		return "" // never left
	case e.Started == facade.StartedNo:
		if verdict, why := Refusal(a); verdict == Nothing {
			return fmt.Sprintf("%s, started no, and there is no evidence: %s", e.Kind, why)
		}
	case e.Started == facade.StartedYes && !startedByStatus(a):
		return "started yes, and neither the status nor the body says so"
	}
	return ""
}

// startedByStatus tells whether the status means by itself that something was
// started, and nothing that can be read says that it was not, or for someone else.
func startedByStatus(a Answer) bool {
	r, known := rulesOf[a.Provider]
	if !known || a.Status != r.startedBy || a.Status == 0 {
		return !known
	}
	if m := a.mediaType(); !a.Whole || m != "" && !isJSON(m) {
		return true // nothing else can be read
	}
	body, ok := read(a.Body)
	if !ok || body.kind != object {
		return true
	}
	return r.started(body)
}

func (a Answer) mediaType() string {
	name, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(name))
}

func isJSON(mediaType string) bool {
	return mediaType == "application/json" || strings.HasSuffix(mediaType, "+json")
}

// encoded tells whether the body is not as it was before it was sent: net/http
// undoes gzip, and takes the header away.
func (a Answer) encoded() bool {
	encoding := a.Header.Get("Content-Encoding")
	return encoding != "" && encoding != "identity"
}
