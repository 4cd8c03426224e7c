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

// Doubt returns why the answer does not prove that the provider itself refused, in
// words that it documents; "" if it may be taken for a proof.
func Doubt(a Answer) string {
	r := a.rules()
	if why := (doubts{
		{fmt.Sprint(a.Connections, " connections"), a.Connections != 1},
		{"a connection that was used before", a.Reused},
		{"not whole", !a.Whole},
		{"a status that leaves it open", a.Status == http.StatusRequestTimeout || a.Status == http.StatusConflict},
		{"a status that refuses nothing", a.Status/100 != 4 && a.Status != r.refusedBy},
	}).first(); why != "" {
		return why
	}
	if r.empty != nil && len(a.Body) == 0 {
		return r.empty(a).first()
	}
	body, ok := read(a.Body)
	if !ok || !isJSON(a.mediaType()) {
		return "not JSON"
	}
	return r.refused(a, body).first()
}

// Confirms tells whether the answer may be taken for the word that a KYC process
// exists for the customer of the canonical request.
func Confirms(a Answer) bool {
	r := a.rules()
	body, ok := a.object()
	return a.Status != 0 && a.Status == r.confirmedBy || ok && r.confirmed(a, body)
}

// startedByStatus tells whether the status means by itself that something was
// started, and nothing that can be read says that it was not, or for someone else.
func startedByStatus(a Answer) bool {
	r := a.rules()
	body, ok := a.object()
	return a.Status != 0 && a.Status == r.startedBy && !(ok && r.denied(body))
}

// object returns the body of an answer that is read, which is a whole JSON object. One
// without a media type is read; one of another type than JSON is not.
func (a Answer) object() (object, bool) {
	if m := a.mediaType(); !a.Whole || m != "" && !isJSON(m) {
		return nil, false
	}
	body, _ := read(a.Body)
	o, ok := body.(object)
	return o, ok
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
		return doubts{
			{fmt.Sprintf("a Result of the status %d", res.HTTPStatus), res.HTTPStatus != a.Status},
			{fmt.Sprintf("a Result (%s) that nobody confirmed", res.Status), !Confirms(a)},
		}.first()
	}
	e, ok := err.(*facade.Error)
	if !ok || e.Kind == "" || e.Provider != a.Provider {
		return fmt.Sprintf("half an error: %v", err)
	}
	unsent := a.Status == 0 && a.Connections == 0
	return doubts{
		{fmt.Sprintf("an error of the status %d", e.HTTPStatus), e.HTTPStatus != a.Status},
		{"safe to retry, although it may have been started", e.SafeToRetry() && e.Started != facade.StartedNo},
		{fmt.Sprintf("%s, started no, and there is no evidence: %s", e.Kind, Doubt(a)), e.Started == facade.StartedNo && !unsent && Doubt(a) != ""},
		{"started yes, and neither the status nor the body says so", e.Started == facade.StartedYes && !startedByStatus(a)},
	}.first()
}

func (a Answer) rules() rules {
	r, ok := rulesOf[a.Provider]
	if !ok {
		panic(fmt.Sprintf("write what the answers of %[1]s prove in test/behaviour/evidence/%[1]s.go, after vault.go, and name it in rulesOf of providers.go", a.Provider))
	}
	return r
}

func (a Answer) mediaType() string {
	name, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(name))
}

func isJSON(mediaType string) bool {
	return mediaType == mediaJSON || strings.HasSuffix(mediaType, "+json")
}
