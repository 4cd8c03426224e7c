package faults_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// customer returns a start of customer i, and the name that the provider knows
// them by.
func customer(p facade.Provider, i int) (facade.Request, string) {
	switch r := fixtures.Start(p).(type) {
	case facade.VaultRequest:
		claims := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"sub":"customer-%d"}`, i))
		r.Token = "eyJhbGciOiJub25lIn0." + claims + ".c2ln"
		return r, fmt.Sprint("customer-", i)
	case facade.XGatewayRequest:
		r.ID = fmt.Sprint("customer-", i)
		return r, r.ID
	case facade.ForteRequest:
		r.Customer.ExternalID = fmt.Sprint("customer-", i)
		return r, r.Customer.ExternalID
	case facade.QoloRequest:
		r.PersonGUID = fmt.Sprintf("2ae6ba4b-f6c0-4817-a158-%012d", i+1)
		return r, r.PersonGUID
	case facade.RebillyRequest:
		r.CustomerID = fmt.Sprint("customer-", i)
		return r, r.CustomerID
	}
	panic("no such provider")
}

// answering reads a request to any of the providers. It returns the answer of a
// start that went well, with the customer in its body where the provider has a
// place for them, and the customer.
func answering(r *http.Request) (x exchange, about string, err error) {
	body, err := io.ReadAll(r.Body)
	parts := strings.Split(r.URL.Path, "/")
	switch {
	case strings.HasPrefix(r.URL.Path, "/v2/customer/kyc3/"):
		x = ok(facade.Vault)
		var claims struct{ Sub string }
		raw, _ := base64.RawURLEncoding.DecodeString(strings.Split(r.Header.Get("Authorization"), ".")[1])
		_ = json.Unmarshal(raw, &claims)
		about = claims.Sub
	case strings.HasPrefix(r.URL.Path, "/api/v2/customer/"):
		x, about = ok(facade.XGateway), parts[4]
	case strings.HasPrefix(r.URL.Path, "/compliance/"):
		x = ok(facade.Forte)
		var start struct {
			Customer struct {
				ExternalID string `json:"external_id"`
			}
		}
		_ = json.Unmarshal(body, &start)
		about = start.Customer.ExternalID
	case strings.Contains(r.URL.Path, "/persons/"):
		x, about = ok(facade.Qolo), parts[4]
		x.body = fmt.Sprintf(`{"person_guid":%q}`, about)
	default:
		x = ok(facade.Rebilly)
		var start struct{ CustomerID string }
		_ = json.Unmarshal(body, &start)
		about = start.CustomerID
		x.body = fmt.Sprintf(`{"id":"kyc_1","customerId":%q,"status":"pending-review"}`, about)
	}
	return x, about, err
}

// answer sends a reply, with the customer for its request id.
func answer(w http.ResponseWriter, r reply, about string) {
	w.Header().Set("Content-Type", mediaJSON)
	w.Header().Set("X-Request-Id", about)
	w.WriteHeader(r.status)
	if r.status != http.StatusNoContent {
		_, _ = io.WriteString(w, r.body)
	}
}

// TestEveryAnswerReachesItsCaller has 200 goroutines share one client for all
// providers.
func TestEveryAnswerReachesItsCaller(t *testing.T) {
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		x, about, _ := answering(r)
		answer(w, x.reply, about)
	})
	s.Start()
	client, err := facade.New(fixtures.Config(s.URL, fixtures.Providers()...))
	if err != nil {
		t.Fatal(err)
	}
	var callers sync.WaitGroup
	for i := range 200 {
		callers.Go(func() {
			for _, p := range fixtures.Providers() {
				req, about := customer(p, i)
				res, err := client.Start(t.Context(), req)
				if err != nil {
					t.Errorf("%s: %v", about, err)
				} else if res.Provider != p || res.CustomerID != about || res.RequestID != about {
					t.Errorf("%s: got the answer of %s, %s", about, res.CustomerID, res.RequestID)
				}
			}
		})
	}
	callers.Wait()
}

// TestTwoStarts makes the same start twice at once: two deliveries, as is
// documented, and two answers.
func TestTwoStarts(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		s, url := listen(t, nil, saying(ok(p).text()))
		client, err := facade.New(fixtures.Config(url, p))
		if err != nil {
			t.Fatal(err)
		}
		var callers sync.WaitGroup
		for range 2 {
			callers.Go(func() {
				if _, err := client.Start(t.Context(), fixtures.Start(p)); err != nil {
					t.Error(err)
				}
			})
		}
		callers.Wait()
		if whole, begun := s.requests(); len(whole) != 2 || begun != 2 {
			t.Errorf("%d deliveries of two calls", len(whole))
		}
	})
}

// TestCancelAnyTime cancels at some step of the call that net/http tells of, and
// some way behind it.
func TestCancelAnyTime(t *testing.T) {
	var mu sync.Mutex
	deliveries := map[string]int{} // by customer
	s := server(t, func(w http.ResponseWriter, r *http.Request) {
		x, about, err := answering(r)
		if err == nil {
			mu.Lock()
			deliveries[about]++
			mu.Unlock()
		}
		answer(w, x.reply, about)
	})
	s.Start()
	client, err := facade.New(fixtures.Config(s.URL, fixtures.Providers()...))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same each time
	outcomes := map[string]outcome{}      // by customer
	for i := range max(600, *soak) {
		p := fixtures.Providers()[i%len(fixtures.Providers())]
		req, about := customer(p, i)
		ctx, cancel := context.WithCancel(t.Context())
		res, err := client.Start(cancelAt(ctx, cancel, random.IntN(6), random.IntN(20)), req)
		cancel()
		outcomes[about] = outcome{res, err}
		if err := sound(p, outcomes[about]); err != nil {
			t.Fatal(about, err)
		}
	}
	s.Close() // with it, all deliveries are over

	figures := map[string]int{}
	for about, got := range outcomes {
		e, _ := got.err.(*facade.Error)
		switch {
		case deliveries[about] > 1:
			t.Errorf("%s: %d deliveries", about, deliveries[about])
		case got.res != nil && deliveries[about] == 0:
			t.Errorf("%s: %v, and nothing arrived", about, got.res)
		case e != nil && e.HTTPStatus == 0 && e.Kind != facade.KindCanceled:
			t.Errorf("%s: %v", about, e)
		case e != nil && e.HTTPStatus == 0 && e.Started == facade.StartedNo && deliveries[about] > 0:
			t.Errorf("%s: %v, and it arrived", about, e)
		}
		if e != nil {
			figures[e.Started.String()]++
		} else {
			figures["result"]++
		}
	}
	t.Log(figures)
}

// cancelAt cancels at this step of the call, when others have had the processor
// for so many turns.
func cancelAt(ctx context.Context, cancel context.CancelFunc, step, turns int) context.Context {
	then := func(at int) {
		if at == step {
			go func() {
				for range turns {
					runtime.Gosched()
				}
				cancel()
			}()
		}
	}
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:              func(string) { then(0) },
		ConnectStart:         func(string, string) { then(1) },
		GotConn:              func(httptrace.GotConnInfo) { then(2) },
		WroteHeaders:         func() { then(3) },
		WroteRequest:         func(httptrace.WroteRequestInfo) { then(4) },
		GotFirstResponseByte: func() { then(5) },
	})
}
