package conformance

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// TestRequests checks the documented request of each operation against the spec, and compares what
// the facade sends with it. Without the credential the spec must reject it.
func TestRequests(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range fixtures.Cases() {
		operation := c.Operation
		if operation == "" {
			operation = contract.Operations(c.Provider)[0] // the start
		}
		if seen[c.Provider+operation] {
			continue
		}
		seen[c.Provider+operation] = true
		documented, body := fixtures.Request(facade.Provider(c.Provider), c.Operation)
		if v := contract.Request(c.Provider, documented, body); len(v) > 0 || contract.OperationOf(c.Provider, documented) != operation {
			t.Errorf("specs/%s.yaml rejects the request.http of %s: %v", c.Provider, operation, v)
		}
		_, _, _, sent, sentBody := answered(t, c)
		sent.Header.Del("User-Agent") // the library's version
		want := []any{documented.Method, documented.URL.RequestURI(), documented.Header, string(body)}
		got := []any{sent.Method, sent.URL.RequestURI(), sent.Header, string(sentBody)}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("by specs/%s.yaml the facade sends for %s something else than its request.http has: change the one that is wrong (-want +got):\n%s",
				c.Provider, operation, diff)
		}
		documented.Header = http.Header{"Accept": documented.Header["Accept"], "Content-Type": documented.Header["Content-Type"]}
		if len(contract.Request(c.Provider, documented, body)) == 0 {
			t.Errorf("specs/%s.yaml accepts the request of %s without a credential", c.Provider, operation)
		}
	}
}

// onDisk returns the request with its images in files: images from memory cannot go through JSON.
func onDisk(t *testing.T, request facade.Request) facade.Request {
	t.Helper()
	r, ok := request.(*facade.QoloRequest)
	if !ok {
		return request
	}
	for _, image := range []*facade.QoloImage{&r.Document.Front, &r.Document.Back, &r.Document.FaceImage} {
		file := filepath.Join(t.TempDir(), "image.bmp")
		err := os.WriteFile(file, []byte("BM "+file), 0o600)
		if err == nil {
			*image, err = facade.QoloImageFile(file)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// TestRequestsTravel sends the canonical and the full request of each provider through JSON. The
// request must come back as it was, nanoseconds included, and what is sent to the provider must be
// the same. The JSON must have the provider's own names. encoding/json by itself reads no request, so
// that no part of one can get lost.
func TestRequestsTravel(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		for _, before := range []facade.Request{d.Request, onDisk(t, d.Full())} {
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
			target := reflect.New(reflect.TypeOf(d.Request)).Interface()
			if err := json.Unmarshal(text, target); err == nil || !strings.Contains(err.Error(), "UnmarshalRequest") {
				t.Errorf("%T reads %s: %v", target, text, err)
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
