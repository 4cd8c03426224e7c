package privacy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// statuses are the statuses that the bodies are tried with.
var statuses = []int{200, 201, 204, 206, 307, 400, 401, 403, 409, 422, 500, 503}

// answer is what a provider says.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// answers returns answers of all kinds to a provider's planted call, full of canaries.
func (all *planted) answers(t *testing.T) (answers []answer) {
	t.Helper()
	provider := string(all.Provider)
	header := http.Header{"Content-Type": {"application/json"}}
	for _, name := range []string{
		"X-Request-Id", "Location", "Set-Cookie", "Retry-After", "X-Ratelimit-Retry-After", "Www-Authenticate", "Date", "Server", "Content-Language", "X-Debug",
	} {
		header.Set(name, all.canaries.plant(provider+" header "+name))
	}
	// A request id is printed only if it is a plain token, which this one is not.
	header.Set("X-Request-Id", header.Get("X-Request-Id")+"@shop.example")
	html := header.Clone()
	html.Set("Content-Type", "text/html")
	cases, err := fixtures.For(provider)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		body, err := jsontree.Decode(c.Body)
		if err != nil {
			continue
		}
		for keep := range 3 {
			text := all.spoil(body, keep)
			answers = append(answers, answer{c.Status, header, text})
			if c.Name != all.Success.Name && c.Name != all.Refusal.Name {
				continue
			}
			for _, status := range statuses {
				answers = append(answers, answer{status, header, text}, answer{status, header, text[:len(text)-1]}) // whole, and cut
			}
		}
	}
	for _, status := range statuses {
		answers = append(answers, answer{status, html, []byte("<html>" + all.canaries.plant(provider+" page") + "</html>")})
	}
	return answers
}

var (
	isGUID  = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
	inLists = regexp.MustCompile(`/[0-9]+`)
)

// spoil returns the body of a fixture with canaries in place of its texts. keep says which texts
// stay: 0 for none, 1 for the customer, and 2 for the customer and the words that decide what the
// answer means.
func (all *planted) spoil(body any, keep int) []byte {
	spoilt := body
	for _, pointer := range jsontree.Pointers(body) {
		inMap := slices.ContainsFunc(all.Maps, func(m string) bool { return strings.HasPrefix(pointer, "/"+m+"/") })
		if slices.Contains(all.Maps, path.Dir(pointer)[1:]) { // its keys are data too
			spoilt = jsontree.With(spoilt, path.Dir(pointer)+"/"+all.canaries.plant(string(all.Provider)+" key"), "")
		}
		text, isText := jsontree.All(body, pointer)[0].(string)
		if !isText {
			continue
		}
		where := string(all.Provider) + " " + strings.ReplaceAll(strings.TrimPrefix(inLists.ReplaceAllString(pointer, ""), "/"), "/", ".")
		_, noTime := time.Parse(time.RFC3339, text)
		address, noURL := url.Parse(text)
		switch {
		case keep >= 1 && all.Customer.Echoed && strings.EqualFold(text, all.Customer.ID): // get replaces it
			continue
		case keep == 2 && (slices.Contains(all.Words, path.Base(pointer)) || noTime == nil) && !inMap:
			continue
		case isGUID.MatchString(text):
			text = all.canaries.plantGUID(where)
		case noURL == nil && address.Host != "":
			text = formed(where, &all.canaries, "https://"+here+".example/"+here+"?token="+here)
		default:
			text = all.canaries.plant(where)
		}
		spoilt = jsontree.With(spoilt, pointer, text)
	}
	return jsontree.Encode(spoilt)
}

// get makes the planted call. The customer of its answer is that of the request.
func (all *planted) get(a answer) (*facade.Result, error) {
	return all.start(context.Background(), func(r *http.Request, body []byte) (*http.Response, error) {
		body = bytes.ReplaceAll(a.body, []byte(all.Customer.ID), []byte(all.Customer.Read(r, body)))
		return &http.Response{
			StatusCode: a.status, Status: "200 " + a.header.Get("Server"), Header: a.header,
			Body: io.NopCloser(bytes.NewReader(body)), ContentLength: -1,
		}, nil
	})
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// shown returns the places whose texts may be in the payload of an outcome: what the next step
// needs, ids, codes, and the provider's words for the merchant. Everything else must stay out of
// it: credentials, the rest of the request and of the answer, and every other header.
func shown(d fixtures.Descriptor) []string {
	places := []string{string(d.Provider) + " header X-Request-Id"}
	for _, place := range d.Shown {
		field, ok := strings.CutPrefix(place, "request.")
		if ok && d.Forms[field] == fixtures.AnyJWT {
			place += " sub"
		}
		places = append(places, string(d.Provider)+" "+place)
	}
	return places
}

// TestAnswers: when an outcome is printed or logged, it shows nothing of what went to a provider or
// came from it. Its payload has what an application needs for its own answer, and nothing else.
// Each text that may be shown is shown by some answer. The library itself writes nothing to the
// standard streams and the standard logger.
func TestAnswers(t *testing.T) {
	written, err := os.Create(filepath.Join(t.TempDir(), "written"))
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr, logger := os.Stdout, os.Stderr, log.Writer()
	os.Stdout, os.Stderr = written, written
	log.SetOutput(written)
	defer func() {
		os.Stdout, os.Stderr = stdout, stderr
		log.SetOutput(logger)
		if text, err := os.ReadFile(written.Name()); err != nil || len(text) > 0 {
			t.Errorf("the library wrote %.200q by itself, %v", text, err)
		}
	}()
	for _, d := range fixtures.Descriptors() {
		all := plant(d, nil)
		answers := all.answers(t)
		j, payloads := newJudge(t, all.canaries), newJudge(t, all.canaries.without(shown(d)))
		found := map[string]bool{}
		results := 0
		for _, a := range answers {
			res, err := all.get(a)
			var outcome any = res
			if err == nil {
				results++
			} else if outcome = err; err.(*facade.Error).HTTPStatus != a.status {
				t.Errorf("the error does not have the answer's status: %v", err)
			}
			j.prints("the outcome", outcome)
			visit(reflect.ValueOf(outcome), func(v reflect.Value) { j.prints(v.Type().Name(), v.Interface()) })
			payload := string(mustJSON(t, outcome))
			payloads.text("the payload", payload)
			for _, place := range all.canaries.found(payload) {
				found[place] = true
			}
		}
		if results == 0 || results == len(answers) || len(payloads.canaries) < 10 {
			t.Errorf("%s: %d results of %d answers, %d canaries: the test proves nothing", d.Provider, results, len(answers), len(payloads.canaries))
		}
		for _, place := range shown(d) {
			if !slices.ContainsFunc(slices.Collect(maps.Keys(found)), func(f string) bool { return covers(place, f) }) {
				t.Errorf("no payload shows %s: take it out of Shown in test/fixtures/%s.go", place, d.Provider)
			}
		}
	}
}

// TestEveryTextIsPlanted: every text that an answer may have by its document has a canary.
func TestEveryTextIsPlanted(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		all := plant(d, nil)
		all.answers(t) // plants
		specs, err := inventory.Specs(string(d.Provider))
		if err != nil {
			t.Fatal(err)
		}
		for status, response := range specs[0].Responses() {
			for _, place := range response.Leaves() {
				isText := slices.ContainsFunc(response.At(place), func(f inventory.Facts) bool { return f["type"] == "string" })
				where := string(d.Provider) + " " + strings.ReplaceAll(strings.ReplaceAll(place[1:], "/*", ""), "/", ".")
				if isText && !slices.ContainsFunc(all.canaries, func(c canary) bool { return c.where == where }) {
					t.Errorf("no fixture of %s has the text %s, which specs/%[1]s.yaml has under %s: add one", d.Provider, place, status)
				}
			}
		}
	}
}
