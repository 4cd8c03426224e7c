package privacy_test

import (
	"bytes"
	"io"
	"log"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// inLists matches the index of a list's item in a pointer.
var inLists = regexp.MustCompile(`/[0-9]+`)

// spoil puts canaries in place of the texts of a fixture, and in its header. keep says which texts
// stay: 0 for none, 1 for the customer, and 2 for the customer and the words that decide what the
// answer means.
func (all *planted) spoil(c fixtures.Case, keep int) fixtures.Case {
	where := func(place string) string { return string(all.Provider) + " " + place }
	c.Header = http.Header{"Content-Type": c.Header["Content-Type"]}
	for _, name := range []string{
		"Location", "Set-Cookie", "Retry-After", "X-Ratelimit-Retry-After", "Www-Authenticate", "Date", "Server", "X-Debug",
	} {
		c.Header.Set(name, all.canaries.plant(where("header "+name)))
	}
	// A request id is printed only if it is a plain token, which this one is not.
	c.Header.Set("X-Request-Id", all.canaries.plant(where("header X-Request-Id"))+"@shop.example")
	body, err := jsontree.Decode(c.Body)
	if err != nil {
		c.Body = []byte("<html>" + all.canaries.plant(where("page")) + "</html>")
		return c
	}
	spoilt := body
	for _, pointer := range jsontree.Pointers(body) {
		if slices.Contains(all.Maps, path.Dir(pointer)[1:]) { // its keys are data too
			spoilt = jsontree.With(spoilt, path.Dir(pointer)+"/"+all.canaries.plant(where("key")), "")
		}
		text, isText := jsontree.All(body, pointer)[0].(string)
		if !isText {
			continue
		}
		place := where(strings.ReplaceAll(strings.TrimPrefix(inLists.ReplaceAllString(pointer, ""), "/"), "/", "."))
		inMap := slices.ContainsFunc(all.Maps, func(m string) bool { return strings.HasPrefix(pointer, "/"+m+"/") })
		_, noTime := time.Parse(time.RFC3339, text)
		address, noURL := url.Parse(text)
		switch {
		case keep >= 1 && all.Customer.Echoed && strings.EqualFold(text, all.Customer.ID): // get replaces it
			continue
		case keep == 2 && (slices.Contains(all.Words, path.Base(pointer)) || noTime == nil) && !inMap:
			continue
		case noURL == nil && address.Host != "":
			text = formed(place, &all.canaries, "https://"+here+".example/"+here+"?token="+here)
		default:
			text = all.canaries.plant(place)
		}
		spoilt = jsontree.With(spoilt, pointer, text)
	}
	c.Body = jsontree.Encode(spoilt)
	return c
}

// get makes the planted call. The customer of its answer is that of the request.
func (all *planted) get(t *testing.T, c fixtures.Case) (*facade.Result, error) {
	t.Helper()
	return all.start(t.Context(), func(r *http.Request, body []byte) (*http.Response, error) {
		body = bytes.ReplaceAll(c.Body, []byte(all.Customer.ID), []byte(all.Customer.Read(r, body)))
		return &http.Response{
			StatusCode: c.Status, Status: "200 " + c.Header.Get("Server"), Header: c.Header,
			Body: io.NopCloser(bytes.NewReader(body)), ContentLength: -1,
		}, nil
	})
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
// Each text that may be shown is shown by some answer.
func TestAnswers(t *testing.T) {
	silent(t)
	for _, d := range fixtures.Descriptors() {
		cases, err := fixtures.For(string(d.Provider))
		if err != nil {
			t.Fatal(err)
		}
		all := plant(d, nil)
		var answers []fixtures.Case
		for _, c := range cases {
			for keep := range 3 {
				answers = append(answers, all.spoil(c, keep))
			}
		}
		j, payloads := newJudge(t, all.canaries), newJudge(t, all.canaries.without(shown(d)))
		var found []string
		results := 0
		for _, answer := range answers {
			res, err := all.get(t, answer)
			var outcome any = res
			if err == nil {
				results++
			} else if outcome = err; err.(*facade.Error).HTTPStatus != answer.Status {
				t.Errorf("the error does not have the answer's status: %v", err)
			}
			j.prints("the outcome", outcome)
			found = append(found, all.canaries.found(payloads.json("the outcome", outcome))...)
		}
		if results == 0 || results == len(answers) || len(payloads.canaries) < 10 {
			t.Errorf("%s: %d results of %d answers, %d canaries: the test proves nothing",
				d.Provider, results, len(answers), len(payloads.canaries))
		}
		for _, place := range shown(d) {
			if !slices.ContainsFunc(found, func(f string) bool { return covers(place, f) }) {
				t.Errorf("no payload shows %s: take it out of Shown in test/fixtures/%s.go", place, d.Provider)
			}
		}
	}
}

// silent demands that nothing is written to the standard streams and the standard logger.
func silent(t *testing.T) {
	t.Helper()
	written, err := os.Create(filepath.Join(t.TempDir(), "written"))
	if err != nil {
		t.Fatal(err)
	}
	stdout, stderr := os.Stdout, os.Stderr
	os.Stdout, os.Stderr = written, written
	log.SetOutput(written)
	t.Cleanup(func() {
		os.Stdout, os.Stderr = stdout, stderr
		log.SetOutput(stderr)
		if text, err := os.ReadFile(written.Name()); err != nil || len(text) > 0 {
			t.Errorf("the library wrote %.200q by itself, %v", text, err)
		}
	})
}
