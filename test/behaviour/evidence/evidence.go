// Package evidence says what an answer of a provider proves. It is written independently of the
// library: its rules are written by hand from the providers' documents. It also reads JSON by
// itself, and keeps every member, even one that appears twice.
//
// Its tests compare the library with these rules: on answers that are cut at every byte, and on
// answers that contradict themselves. Package fuzz does so on answers that are changed in every way.
// The tests also limit how much memory and time an answer may cost.
package evidence

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/kycstart/kycstart/facade"
)

// Answer is what a client knows of an answer, and of the way it came.
type Answer struct {
	Provider facade.Provider
	Status   int // 0 if no answer came
	Header   http.Header
	Body     []byte
	// Length is the body's length as the header gives it, -1 if the header gives none.
	Length int64
	// Whole tells that the body is complete, as far as a client can see.
	Whole bool
	// Connections is how many connections the request used, as far as its transport told. Reused
	// tells that the last one had been used before.
	Connections int
	Reused      bool
}

// Doubt returns a reason why the answer does not prove that the provider itself refused the
// request, in words that it documents. It returns "" if the answer proves that.
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
	body, ok := read(a.Body)
	if len(a.Body) > 0 && (!ok || !isJSON(a.mediaType())) {
		return "not JSON"
	}
	return r.refused(a, body).first()
}

// Confirms tells whether the answer confirms that a KYC process exists for the customer of the
// canonical request.
func Confirms(a Answer) bool {
	return a.rules().confirmed(a, a.object())
}

// object returns the body of an answer if it is a whole JSON object, and nil otherwise. A body
// without a media type is read as JSON. A body of a media type other than JSON is not read.
func (a Answer) object() object {
	if m := a.mediaType(); !a.Whole || m != "" && !isJSON(m) {
		return nil
	}
	body, _ := read(a.Body)
	return in(body)
}

// Judge returns what is wrong with the outcome that the library made of an answer, and "" if
// nothing is wrong. The library may claim no more than the answer proves. A Result needs an answer
// that confirms a start. Started no needs a refusal by the provider. Started yes needs a status
// that says so, and no body that denies it.
func Judge(a Answer, res *facade.Result, err error) string {
	if (res == nil) == (err == nil) {
		return "not exactly one of Result and Error"
	}
	if res != nil {
		return doubts{
			{fmt.Sprintf("a Result of the status %d", res.HTTPStatus), res.HTTPStatus != a.Status},
			{fmt.Sprintf("a Result (%s) that the answer does not confirm", res.Status), !Confirms(a)},
		}.first()
	}
	e, ok := err.(*facade.Error)
	if !ok || e.Kind == "" || e.Provider != a.Provider {
		return fmt.Sprintf("not a *facade.Error with a kind and its provider: %v", err)
	}
	unsent := a.Status == 0 && a.Connections == 0
	isStart := a.rules().started != nil && a.rules().started(a, a.object())
	return doubts{
		{fmt.Sprintf("an error of the status %d", e.HTTPStatus), e.HTTPStatus != a.Status},
		{"safe to retry, although KYC may have been started", e.SafeToRetry() && e.Started != facade.StartedNo},
		{fmt.Sprintf("%s, started no, and the answer does not prove it: %s", e.Kind, Doubt(a)), e.Started == facade.StartedNo && !unsent && Doubt(a) != ""},
		{"started yes, and the status does not say so, or the body denies it", e.Started == facade.StartedYes && !isStart},
	}.first()
}

// rules are what a provider's documents say of its answers. Each provider has a file of its own.
// Where the facade's documentation leaves something open, the rules demand nothing of the library.
type rules struct {
	// refused returns the reasons not to take a whole JSON body, or an empty one (nil), for a
	// refusal. It is asked only for a status that may refuse: any 4xx, and refusedBy if it is set.
	refused   func(a Answer, body any) doubts
	refusedBy int
	// confirmed tells whether the answer confirms a start. The body is nil if it is not a whole
	// JSON object.
	confirmed func(a Answer, body object) bool
	// started tells whether the status means by itself that something was started, and the body
	// does not deny it. It is nil if no status means that.
	started func(a Answer, body object) bool
}

// rulesOf are the rules of each provider.
var rulesOf = map[facade.Provider]rules{
	facade.Vault:    vaultRules,
	facade.XGateway: xgatewayRules,
	facade.Forte:    forteRules,
	facade.Qolo:     qoloRules,
	facade.Rebilly:  rebillyRules,
}

// doubts are reasons not to believe an answer, each with whether it holds.
type doubts []struct {
	why   string
	holds bool
}

// first returns the first doubt that holds, "" for none.
func (all doubts) first() string {
	for _, doubt := range all {
		if doubt.holds {
			return doubt.why
		}
	}
	return ""
}

func (a Answer) rules() rules {
	r, ok := rulesOf[a.Provider]
	if !ok {
		panic(fmt.Sprintf("write what the answers of %[1]s prove in test/behaviour/evidence/%[1]s.go, as vault.go does, and add it to rulesOf in evidence.go", a.Provider))
	}
	return r
}

// documentedIn tells whether the answer has one of these statuses and one of these media types.
func (a Answer) documentedIn(statuses []int, mediaTypes ...string) bool {
	return slices.Contains(statuses, a.Status) && slices.Contains(mediaTypes, a.mediaType())
}

func (a Answer) mediaType() string {
	name, _, _ := strings.Cut(a.Header.Get("Content-Type"), ";")
	return strings.ToLower(strings.TrimSpace(name))
}

const mediaJSON = "application/json"

func isJSON(mediaType string) bool {
	return mediaType == mediaJSON || strings.HasSuffix(mediaType, "+json")
}
