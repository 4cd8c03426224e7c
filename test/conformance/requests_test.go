package conformance

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// TestRequests compares what the facade sends for the canonical request of each provider with the
// provider's request.http, and checks that file against the spec.
func TestRequests(t *testing.T) {
	for _, p := range fixtures.Providers() {
		t.Run(string(p), func(t *testing.T) {
			e := start(fixtures.Case{Provider: string(p), Status: http.StatusTeapot})
			if e.Err == nil || e.Sent == nil {
				t.Fatalf("a 418 was taken for a start, or nothing was sent: %v", e.Err)
			}
			method, target, header, body, err := fixtures.Request(string(p))
			if err != nil {
				t.Fatal(err)
			}
			agrees(t, p, contract.Operations(string(p))[0], e.Sent, method+" "+target, header, body)
			if diff := cmp.Diff(string(body), string(e.Body)); diff != "" {
				t.Errorf("body (-want +got):\n%s", diff)
			}
		})
	}
}

// TestLookupRequests does the same for each look-up.
func TestLookupRequests(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range allFixtures(t) {
		if c.Operation == "" || seen[c.Operation] {
			continue
		}
		seen[c.Operation] = true
		t.Run(c.Operation, func(t *testing.T) {
			method, target, header, body, err := fixtures.LookupRequest(c.Provider, c.Operation)
			if err != nil {
				t.Fatal(err)
			}
			sent := find(t, c).Sent
			if len(sent) != 1 || sent[0].Body != nil && sent[0].Body != http.NoBody {
				t.Fatalf("sent %d requests, or one with a body", len(sent))
			}
			agrees(t, facade.Provider(c.Provider), c.Operation, sent[0], method+" "+target, header, body)
		})
	}
}

// agrees compares a request that was sent with the documented one, and checks the documented one
// against the spec. The spec must want its credential.
func agrees(t *testing.T, p facade.Provider, operation string, sent *http.Request, line string, header http.Header, body []byte) {
	t.Helper()
	method, target, _ := strings.Cut(line, " ")
	documented, err := http.NewRequest(method, "https://provider.test"+target, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	documented.Header = header
	if got := contract.OperationOf(string(p), documented); got != operation {
		t.Errorf("it is a request for %q", got)
	}
	if v := contract.Request(string(p), documented, body); len(v) > 0 {
		t.Errorf("specs/%s.yaml rejects the request.http: %v", p, v)
	}
	if got := sent.Method + " " + sent.URL.RequestURI(); got != line {
		t.Errorf("by specs/%s.yaml the facade sends %s, and its request.http has %s: change the one that is wrong", p, got, line)
	}
	sent.Header.Del("User-Agent") // the library's version
	if diff := cmp.Diff(header, sent.Header); diff != "" {
		t.Errorf("header (-want +got):\n%s", diff)
	}
	documented.Header = http.Header{"Accept": header["Accept"], "Content-Type": header["Content-Type"]}
	if len(contract.Request(string(p), documented, body)) == 0 {
		t.Error("the spec accepts the request without a credential")
	}
}

// travelling returns requests that can go through JSON. Images from memory cannot, so these are
// files. The time has nanoseconds, which must be kept.
func travelling(t *testing.T, d fixtures.Descriptor) []facade.Request {
	t.Helper()
	full := d.Full()
	switch r := full.(type) {
	case *facade.RebillyRequest:
		r.ExpirationTime = r.ExpirationTime.Add(678 * time.Nanosecond)
	case *facade.QoloRequest:
		for _, image := range []*facade.QoloImage{&r.Document.Front, &r.Document.Back, &r.Document.FaceImage} {
			file := filepath.Join(t.TempDir(), "image.bmp")
			if err := os.WriteFile(file, []byte("BM "+file), 0o600); err != nil {
				t.Fatal(err)
			}
			var err error
			if *image, err = facade.QoloImageFile(file); err != nil {
				t.Fatal(err)
			}
		}
	}
	return []facade.Request{d.Request, full}
}

// TestRequestsTravel sends the canonical and the full request of each provider through JSON. The
// request must come back as it was, and what is sent to the provider must be the same. The JSON
// must have the provider's own names. encoding/json by itself shows nothing of a request and reads
// none, so that no part of one can get lost.
func TestRequestsTravel(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		for _, before := range travelling(t, d) {
			text, err := facade.MarshalRequest(before)
			if err != nil {
				t.Fatal(err)
			}
			after, err := facade.UnmarshalRequest(text)
			if err != nil {
				t.Fatalf("%v: %s", err, text)
			}
			// encoding/json and go-cmp see nothing of a file. Files are compared by what is sent.
			images := cmp.Comparer(func(_, _ facade.QoloImage) bool { return true })
			if diff := cmp.Diff(reflect.Indirect(reflect.ValueOf(before)).Interface(), after, images); diff != "" {
				t.Errorf("%T (-before +after):\n%s", before, diff)
			}
			was, is := replay.Start(before, replay.Answer{Status: 500}), replay.Start(after, replay.Answer{Status: 500})
			if was.Sent == nil || is.Sent == nil {
				t.Fatalf("not sent: %v, %v", was.Err, is.Err)
			}
			if was.Sent.URL.String() != is.Sent.URL.String() || string(was.Body) != string(is.Body) {
				t.Errorf("sent to %s:\n%s\nwas sent to %s:\n%s", is.Sent.URL, is.Body, was.Sent.URL, was.Body)
			}
			tree := decoded(t, text)
			body, _ := jsontree.Decode(was.Body) // not every request has one
			for _, pointer := range append(jsontree.Pointers(body), "/provider") {
				// perform_kyc is left out of the JSON, because every start has it.
				if pointer != "/perform_kyc" && len(jsontree.All(tree, pointer)) == 0 {
					t.Errorf("%s is sent, and is not in %s", pointer, text)
				}
			}
			if text := string(encoded(t, before)); text != `"[redacted]"` {
				t.Errorf("%T marshals as %s", before, text)
			}
			for _, text := range []string{string(text), `"[redacted]"`} {
				target := reflect.New(reflect.TypeOf(d.Request)).Interface()
				if err := json.Unmarshal([]byte(text), target); err == nil || !strings.Contains(err.Error(), "UnmarshalRequest") {
					t.Errorf("%T reads %s: %v", target, text, err)
				}
			}
		}
	}
}

// TestRequestsThatDoNotTravel: a request that cannot be written or read gives an error. The error
// says why, and quotes nothing of the request.
func TestRequestsThatDoNotTravel(t *testing.T) {
	inMemory := facade.QoloRequest{Document: &facade.QoloDocument{Back: facade.QoloImageBytes([]byte("BM"))}}
	for _, c := range []struct {
		request facade.Request
		want    string
	}{
		{nil, "nil"},
		{(*facade.RebillyRequest)(nil), "nil"},
		{struct{ facade.Request }{facade.VaultRequest{}}, "not one of"},
		{inMemory, "use QoloImageFile"},
		{&inMemory, "use QoloImageFile"},
	} {
		if text, err := facade.MarshalRequest(c.request); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%T: %s, %v; want %q in the error", c.request, text, err, c.want)
		}
	}
	for text, want := range map[string]string{
		`{`:                                  "unexpected end",
		`null`:                               "without a provider",
		`[]`:                                 "cannot unmarshal array",
		`{"customerId":"c"}`:                 "without a provider",
		`{"provider":"acme","id":"c"}`:       `unknown provider "acme"`,
		`{"provider":"vault","token":"a"} x`: "after top-level value",
		`{"provider":"vault","token":7}`:     "cannot unmarshal number",
		`{"provider":"vault","id":"c"}`:      `unknown field "id"`,
		`{"provider":"xgateway","ID":"c","notes":"n"}`:                                       `unknown field "notes"`,
		`{"provider":"forte","customer":{"wallet":{"chain":"base"}}}`:                        `unknown field "chain"`,
		`{"provider":"rebilly","customerId":"c","documents":[{"kind":"identity-proof"}]}`:    `unknown field "kind"`,
		`{"provider":"rebilly","customerId":"c","expirationTime":"tomorrow"}`:                "cannot parse",
		`{"provider":"qolo","person_guid":"g","perform_kyc":false}`:                          "perform_kyc",
		`{"provider":"qolo","person_guid":"g","client_verification":{}}`:                     "client_verification",
		`{"provider":"qolo","person_guid":"g","document":{"front":"Qk0="}}`:                  "cannot unmarshal string",
		`{"provider":"qolo","person_guid":"g","document":{"front":{"file":"/nowhere.bmp"}}}`: "no such file",
	} {
		if request, err := facade.UnmarshalRequest([]byte(text)); err == nil || request != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v; want %q in the error", text, request, err, want)
		}
	}
}
