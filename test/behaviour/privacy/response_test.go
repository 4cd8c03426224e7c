package privacy_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/inventory"
)

// statuses that every body is tried under.
var statuses = []int{200, 201, 204, 206, 307, 400, 401, 403, 409, 422, 500, 503}

// exchange is an answer full of canaries, to a call full of canaries.
type exchange struct {
	*planted
	status int
	header http.Header
	body   []byte
}

// exchanges calls visit with all answers to a provider's planted call. Their
// canaries are the call's and those of all answers.
func (all *planted) exchanges(visit func(*exchange)) {
	header := http.Header{"Content-Type": {"application/json"}}
	for _, name := range []string{
		"X-Request-Id", "Location", "Set-Cookie", "Retry-After", "X-Ratelimit-Retry-After", "Www-Authenticate", "Date", "Server", "Content-Language", "X-Debug",
	} {
		header.Set(name, all.canaries.plant(string(all.provider)+" header "+name))
	}
	// A request id prints if it is a plain token: this one is none.
	header.Set("X-Request-Id", header.Get("X-Request-Id")+"@shop.example")
	d := fixtures.Of(all.provider)
	cases, err := fixtures.For(string(all.provider))
	if err != nil {
		panic(err)
	}
	var everywhere [][]byte // bodies that are tried under all statuses
	for _, c := range cases {
		var body any
		if json.Unmarshal(c.Body, &body) != nil {
			continue
		}
		for _, keep := range []kept{nothing, customer, words} {
			text := mustJSON(all.fillBody(d, string(all.provider)+" ", body, keep, false))
			visit(&exchange{all, c.Status, header, text})
			if c.Name == d.Success.Name || c.Name == d.Refusal.Name {
				everywhere = append(everywhere, text)
			}
		}
	}
	page := []byte("<html>" + all.canaries.plant(string(all.provider)+" page") + "</html>")
	for _, status := range statuses {
		for _, body := range everywhere {
			visit(&exchange{all, status, header, body})
			visit(&exchange{all, status, header, body[:len(body)-1]}) // cut
		}
		page := exchange{all, status, header.Clone(), page}
		page.header.Set("Content-Type", "text/html")
		visit(&page)
	}
}

// kept tells which texts of a fixture stay.
type kept int

const (
	nothing  kept = iota
	customer      // is that of the request
	words         // and the customer: what decides what the answer means
)

// fillBody returns the body of a fixture with canaries in the place of its texts.
func (all *planted) fillBody(d fixtures.Descriptor, where string, v any, keep kept, inMap bool) any {
	member := where[strings.LastIndexAny(where, " .")+1:]
	inMap = inMap || slices.Contains(d.Maps, member)
	switch v := v.(type) {
	case map[string]any:
		object := map[string]any{}
		for name, value := range v {
			place := strings.TrimSuffix(where, " ") + "." + name
			if strings.HasSuffix(where, " ") {
				place = where + name
			}
			if inMap {
				name = all.canaries.plant(where+" key") + name
			}
			object[name] = all.fillBody(d, place, value, keep, inMap)
		}
		return object
	case []any:
		list := make([]any, len(v))
		for i, element := range v {
			list[i] = all.fillBody(d, where, element, keep, inMap)
		}
		return list
	case string:
		_, noTime := time.Parse(time.RFC3339, v)
		address, noURL := url.Parse(v)
		switch {
		case keep >= customer && d.Customer.Echoed && strings.EqualFold(v, d.Customer.ID):
			return all.customerOf(d)
		case keep == words && (slices.Contains(d.Words, member) || noTime == nil) && !inMap:
			return v
		case isGUID.MatchString(v):
			return all.canaries.plantGUID(where)
		case noURL == nil && address.Host != "":
			return text(where, &all.canaries, map[string]string{where: "https://" + here + ".example/" + here + "?token=" + here})
		}
		return all.canaries.plant(where)
	}
	return v
}

var isGUID = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// customerOf returns the customer of the planted request, as the provider gets it.
func (all *planted) customerOf(d fixtures.Descriptor) string {
	var id string
	_, _ = all.startOver(reading(func(r *http.Request, body []byte) { id = d.Customer.Read(r, body) }))
	return id
}

// reading is a RoundTripper that refuses everything when it has read it.
type reading func(r *http.Request, body []byte)

func (read reading) RoundTrip(r *http.Request) (*http.Response, error) {
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	read(r, body)
	return refuser{}.RoundTrip(r)
}

func mustJSON(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// RoundTrip answers without a network.
func (e *exchange) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_, _ = io.Copy(io.Discard, r.Body)
		r.Body.Close()
	}
	return &http.Response{
		StatusCode: e.status, Status: "200 " + e.header.Get("Server"), Header: e.header,
		Body: io.NopCloser(bytes.NewReader(e.body)), ContentLength: -1, Request: r,
	}, nil
}

// start makes the call.
func (e *exchange) start() (*facade.Result, error) { return e.startOver(e) }

// startOver makes the planted call over a transport.
func (all *planted) startOver(transport http.RoundTripper) (*facade.Result, error) {
	config := all.config
	config.HTTPClient = &http.Client{Transport: transport}
	client, err := facade.New(config)
	if err != nil {
		return nil, err
	}
	return client.Start(context.Background(), all.request)
}

// TestAnswers: nothing of what went to a provider or came from it shows itself
// when an outcome is printed or logged.
func TestAnswers(t *testing.T) {
	for _, p := range providers {
		for _, withToken := range []bool{false, true} {
			if withToken && !takesEither(p) {
				continue
			}
			t.Run(string(p), func(t *testing.T) {
				all := plant(p, withToken)
				all.exchanges(func(*exchange) {}) // plants
				j := newJudge(t, all.canaries)
				results, failures := 0, 0
				all.exchanges(func(e *exchange) {
					res, err := e.start()
					if err != nil {
						failures++
						j.prints("the error", err)
						var kycErr *facade.Error
						if !errors.As(err, &kycErr) || kycErr.HTTPStatus != e.status {
							t.Errorf("no answer: %v", err)
							return
						}
						j.nested("the error", reflect.ValueOf(*kycErr))
						return
					}
					results++
					j.prints("the result", res)
					j.nested("the result", reflect.ValueOf(*res))
				})
				if results == 0 || failures < len(statuses) {
					t.Errorf("%d results and %d errors: nothing was tested", results, failures)
				}
			})
		}
	}
}

// plain are types whose values are words for the merchant: they are asked for
// by name, and nothing prints them by itself.
var plain = []string{"FieldError", "Reason"}

// nested judges every value of the facade's types in v.
func (j *judge) nested(what string, v reflect.Value) {
	j.t.Helper()
	visit(v, func(v reflect.Value) { j.prints(what+", "+v.Type().Name(), v.Interface()) })
}

// visit calls see with every struct of the facade's in v, of whatever depth, that
// has anything in it.
func visit(v reflect.Value, see func(reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			visit(v.Elem(), see)
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			visit(v.Index(i), see)
		}
	case reflect.Struct:
		if path.Base(v.Type().PkgPath()) != "facade" || slices.Contains(plain, v.Type().Name()) || v.IsZero() {
			return
		}
		see(v)
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				visit(v.Field(i), see)
			}
		}
	default: // has nothing of the facade's in it
	}
}

// TestEveryTextIsPlanted: no text that an answer may have by its document is without
// a canary.
func TestEveryTextIsPlanted(t *testing.T) {
	for _, p := range providers {
		all := plant(p, false)
		all.exchanges(func(*exchange) {}) // plants
		spec, err := inventory.Spec(string(p))
		if err != nil {
			t.Fatal(err)
		}
		for status, response := range spec.Responses {
			for _, place := range response.Leaves() {
				isText := slices.ContainsFunc(response.At(place), func(f inventory.Facts) bool { return f.Type == "string" })
				where := string(p) + " " + strings.ReplaceAll(strings.ReplaceAll(place[1:], "/*", ""), "/", ".")
				if isText && !slices.ContainsFunc(all.canaries, func(c canary) bool { return c.where == where }) {
					t.Errorf("no fixture of %s has the text %s, which specs/%s.yaml has under %s: add one", p, place, p, status)
				}
			}
		}
	}
}
