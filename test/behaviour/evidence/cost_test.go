package evidence

import (
	"errors"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// maxAllocated is how many bytes the library may allocate in total for an answer of the largest
// size that it accepts by default.
const maxAllocated = 16 << 20

const (
	none     = 0
	ordinary = 2_000
	all      = facade.DefaultMaxResponseBytes
)

const person = `{"person_guid":"` + ownPerson + `",`

// floods are answers that repeat an element in the place of the dots: a long list, a large map, the
// same member many times, or a long text.
var floods = []struct {
	provider facade.Provider
	status   int
	body     string
	// element is as the provider documents it.
	element string
	// most is how many elements the answer may have and must still be a Result: none, an ordinary
	// number, or as many as 1 MiB holds.
	most int
}{
	{facade.Vault, 200, `{"result":"ok","x":[…]}`, `{"a":"b"},`, all},
	{facade.Vault, 400, `{"error":"OTHER","message":"m","data":{"a":{"b":[…]}}}`, `"word",`, none},
	{facade.XGateway, 204, `[…]`, `{"success":true,"data":"x"},`, all},
	{facade.XGateway, 200, `{"success":true,"data":"x","errors":[…]}`, `{"code":"conflict","message":"m"},`, none},
	{facade.XGateway, 400, `{"success":false,"errors":[…]}`, `{"code":"bad_request","message":"id must not be empty"},`, none},
	{facade.Forte, 201, `{"data":{"error_code":null,"widget_data":"dw==","x":[…]}}`, `{"a":"b"},`, all},
	{facade.Forte, 422, `{"error":{"code":[…],"message":"m"}}`, `5,`, none},
	{facade.Qolo, 200, person + `"verificationResults":[…]}`, `{"person_guid":"` + ownPerson + `","verification_method":"DOCUMENT","reason_code":"R00"},`, all},
	{facade.Qolo, 200, person + `"verificationResults":[{"questions":[…]}]}`, `{"key":"q1","prompt":"Which street?","options":["Main Street","None of these"]},`, ordinary},
	{facade.Qolo, 200, person + `"verificationResults":[{"questions":[{"key":"k","prompt":"p","options":[…]}]}]}`, `"Main Street",`, ordinary},
	{facade.Rebilly, 201, `{"customerId":"customer-42","id":"kyc_1","status":"gathering","_links":[…]}`, `{"rel":"gatherer","href":"https://g.example/kyc"},`, ordinary},
	{facade.Rebilly, 201, `{"customerId":"customer-42","id":"kyc_1","status":"gathering","documents":[…]}`, `{"type":"identity-proof","subtypes":["passport"]},`, all},
	{facade.Rebilly, 422, `{"title":"t","invalidFields":[…]}`, `{"field":"documents[0].type","message":"must be one of these"},`, none},

	{facade.Rebilly, 422, `{"title":"t","invalidFields":{…}}`, `"f":[{}],`, none},
	{facade.Rebilly, 422, `{"title":"t",…}`, `"invalidFields":[{}],`, none},
	{facade.Vault, 400, `{"error":"OTHER",…}`, `"\u0061":0,`, none},
	{facade.Qolo, 200, person + `…}`, `"a":0,`, all},

	{facade.Forte, 201, `{"data":{"error_code":null,"flow":"KYC_OCC","widget_data":"…"}}`, "w", all},
	{facade.Forte, 422, `{"error":{"code":"E","message":"…"}}`, `\u001b`, none},
	{facade.Qolo, 200, person + `"verification_level":"…"}`, "w", all},
	{facade.Qolo, 400, `"…"`, "é", none},
}

// TestMemory starts KYC with answers of 1 MiB of every shape. No answer may cost more than
// maxAllocated. An ordinary answer must be a Result, however long it is.
func TestMemory(t *testing.T) {
	var most uint64
	for _, f := range floods {
		room := facade.DefaultMaxResponseBytes - len(f.body)
		try := func(element string, n int, isResult bool) {
			repeated := strings.TrimSuffix(strings.Repeat(element, min(n, room/len(element))), ",")
			body := []byte(strings.Replace(f.body, "…", repeated, 1))
			answer := replay.Answer{Status: f.status, Header: http.Header{"Content-Type": {mediaJSON}}, Body: body}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := replayed(f.provider, answer)
			runtime.ReadMemStats(&after)
			allocated := after.TotalAlloc - before.TotalAlloc
			most = max(most, allocated)
			e, failed := err.(*facade.Error)
			if allocated > maxAllocated || isResult && failed || failed && e.HTTPStatus != f.status {
				t.Errorf("%s %d %s with %.40q: %d KiB allocated for %d KiB, the limit is %d KiB; a Result: %t, %v",
					f.provider, f.status, f.body, element, allocated>>10, len(body)>>10, maxAllocated>>10, isResult, err)
			}
		}
		try(f.element, all, f.most == all)
		try(f.element, ordinary, f.most >= ordinary)
		if strings.Contains(f.body, "[…]") {
			for _, element := range []string{"{},", "0,", "[],", `{"":0},`} {
				try(element, all, false)
			}
			for _, depth := range []int{room / 2, 9_900} {
				try(strings.Repeat("[", depth)+strings.Repeat("]", depth), 1, false)
			}
		}
	}
	t.Logf("at most %d KiB were allocated for one answer", most>>10)
}

// TestBodyOfNothing plays a body whose every Read takes a while and returns neither a byte nor an
// error. The call must end with its deadline, by a fake clock.
func TestBodyOfNothing(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			body := reader(func([]byte) (int, error) {
				time.Sleep(time.Millisecond)
				if time.Since(began) > d.Timeout+time.Second {
					return 0, errors.New("read for ever")
				}
				return 0, nil
			})
			_, err := replayed(d.Provider, replay.Answer{Status: http.StatusBadRequest, Reader: body})
			if took := time.Since(began); took > d.Timeout+time.Millisecond || facade.StartedOf(err) != facade.StartedUnknown {
				t.Errorf("%s: %v after %s, want the start to be unknown after %s", d.Provider, err, took, d.Timeout)
			}
		})
	}
}

type reader func([]byte) (int, error)

func (r reader) Read(b []byte) (int, error) { return r(b) }
