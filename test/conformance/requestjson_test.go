package conformance

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// imageFile writes an image to a file of the test's.
func imageFile(t *testing.T, name string) facade.QoloImage {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte("BM "+name), 0o600); err != nil {
		t.Fatal(err)
	}
	image, err := facade.QoloImageFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return image
}

// filesFor puts images from files in the place of those from memory.
func filesFor(t *testing.T, r facade.Request) facade.Request {
	t.Helper()
	if qolo, ok := r.(*facade.QoloRequest); ok && qolo.Document != nil {
		qolo.Document.Front, qolo.Document.Back, qolo.Document.FaceImage = imageFile(t, "front"), imageFile(t, "back"), imageFile(t, "face")
	}
	return r
}

// TestRequestsTravel sends the canonical and the full request of each provider through
// JSON: it comes back as it was, and what goes to the provider is the same.
func TestRequestsTravel(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		for name, before := range map[string]facade.Request{"canonical": d.Request, "full": filesFor(t, d.Full())} {
			t.Run(string(d.Provider)+" "+name, func(t *testing.T) {
				text, err := facade.MarshalRequest(before)
				if err != nil {
					t.Fatal(err)
				}
				after, err := facade.UnmarshalRequest(text)
				if err != nil {
					t.Fatalf("%v: %s", err, text)
				}
				if diff := cmp.Diff(reflect.Indirect(reflect.ValueOf(before)).Interface(), after, cmp.Comparer(sameImage)); diff != "" {
					t.Errorf("(-before +after):\n%s", diff)
				}
				was, is := replay.Start(before, replay.Answer{Status: 500}), replay.Start(after, replay.Answer{Status: 500})
				if was.Sent == nil || is.Sent == nil {
					t.Fatalf("not sent: %v, %v", was.Err, is.Err)
				}
				if was.Sent.URL.String() != is.Sent.URL.String() || string(was.Body) != string(is.Body) {
					t.Errorf("sent to %s:\n%s\nwas sent to %s:\n%s", is.Sent.URL, is.Body, was.Sent.URL, was.Body)
				}
				holdsMembers(t, d.Provider, text, was)
			})
		}
	}
}

// holdsMembers demands that the JSON of a request has the provider, and the members of
// its body under the provider's own names.
func holdsMembers(t *testing.T, p facade.Provider, text []byte, sent replay.Exchange) {
	t.Helper()
	tree, ok := decoded(t, text).(map[string]any)
	if !ok || tree["provider"] != string(p) {
		t.Fatalf("no object with the provider: %s", text)
	}
	if len(sent.Body) == 0 {
		return
	}
	for _, pointer := range jsontree.Pointers(decoded(t, sent.Body)) {
		if pointer == "/perform_kyc" || strings.HasSuffix(pointer, "/front") || strings.HasSuffix(pointer, "/back") || strings.HasSuffix(pointer, "/face_image") {
			continue // what a start is; and files in place of bytes
		}
		if len(jsontree.All(tree, pointer)) == 0 {
			t.Errorf("%s is sent, and is not in %s", pointer, text)
		}
	}
}

// sameImage compares images by their JSON, which is the file.
func sameImage(a, b facade.QoloImage) bool {
	texts := make([]string, 2)
	for i, image := range []facade.QoloImage{a, b} {
		text, err := facade.MarshalRequest(facade.QoloRequest{Document: &facade.QoloDocument{Front: image}})
		if err != nil {
			return false
		}
		texts[i] = string(text)
	}
	return texts[0] == texts[1]
}

// TestRequestTimes: a time travels as it is, to the nanosecond.
func TestRequestTimes(t *testing.T) {
	before := facade.RebillyRequest{ExpirationTime: time.Date(2096, 1, 2, 3, 4, 5, 678, time.UTC)}
	text, err := facade.MarshalRequest(before)
	if err != nil {
		t.Fatal(err)
	}
	after, err := facade.UnmarshalRequest(text)
	if err != nil {
		t.Fatal(err)
	}
	if !after.(facade.RebillyRequest).ExpirationTime.Equal(before.ExpirationTime) {
		t.Errorf("%s is not %s", text, before.ExpirationTime)
	}
}

// TestRequestsThatDoNotTravel: what cannot be written or read is an error that says
// why, and quotes nothing of the request.
func TestRequestsThatDoNotTravel(t *testing.T) {
	inMemory := facade.QoloRequest{Document: &facade.QoloDocument{Back: facade.QoloImageBytes([]byte("BM"))}}
	for name, c := range map[string]struct {
		request facade.Request
		want    string
	}{
		"nil":               {nil, "nil"},
		"a nil pointer":     {(*facade.RebillyRequest)(nil), "nil"},
		"embedded":          {struct{ facade.Request }{facade.VaultRequest{}}, "not one of"},
		"image from memory": {inMemory, "use QoloImageFile"},
		"image in pointer":  {&inMemory, "use QoloImageFile"},
	} {
		if text, err := facade.MarshalRequest(c.request); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %s, %v; want %q in the error", name, text, err, c.want)
		}
	}
	for text, want := range map[string]string{
		``:                                   "unexpected end",
		`{`:                                  "unexpected end",
		`null`:                               "without a provider",
		`[]`:                                 "cannot unmarshal array",
		`{"customerId":"c"}`:                 "without a provider",
		`{"provider":7}`:                     "cannot unmarshal number",
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
		`{"provider":"qolo","person_guid":"g","document":{"front":{"file":""}}}`:             "no such file",
	} {
		if request, err := facade.UnmarshalRequest([]byte(text)); err == nil || request != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v; want %q in the error", text, request, err, want)
		}
	}
}

// TestRequestsByThemselves: encoding/json shows nothing of a request, and reads none,
// so that no part of one is lost on the way.
func TestRequestsByThemselves(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		for _, r := range []facade.Request{d.Request, d.Full()} {
			if text := string(encoded(t, r)); text != `"[redacted]"` {
				t.Errorf("%T marshals as %s", r, text)
			}
		}
		text, err := facade.MarshalRequest(d.Request)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{string(text), `"[redacted]"`} {
			target := reflect.New(reflect.TypeOf(d.Request)).Interface()
			if err := json.Unmarshal([]byte(text), target); err == nil || !strings.Contains(err.Error(), "UnmarshalRequest") {
				t.Errorf("%T reads %s: %v", target, text, err)
			}
		}
	}
}
