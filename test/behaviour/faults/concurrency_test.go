package faults_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// customer returns a start of customer i, and the name that the provider knows
// them by.
func customer(p facade.Provider, i int) (facade.Request, string) {
	c, id := fixtures.Of(p).Customer, fmt.Sprint("customer-", i)
	if c.Form == fixtures.GUID {
		id = fmt.Sprintf("2ae6ba4b-f6c0-4817-a158-%012d", i+1)
	}
	return c.Request(c.Form.Write(id)), id
}

// allAt configures all providers at one server, each at a path of its own.
func allAt(url string) (c facade.Config) {
	for _, d := range fixtures.Descriptors() {
		d.Configure(&c, url+"/"+string(d.Provider)+d.BasePath)
	}
	return c
}

// answering reads a request to any of the providers. It returns the answer of a
// start that went well, with the customer in its body where the provider has a
// place for them, and the customer.
func answering(r *http.Request) (x exchange, about string, err error) {
	body, err := io.ReadAll(r.Body)
	d := fixtures.Of(facade.Provider(strings.Split(r.URL.Path, "/")[1]))
	x, about = ok(d.Provider), d.Customer.Read(r, body)
	if d.Customer.Echoed {
		x.body = strings.ReplaceAll(x.body, strconv.Quote(d.Customer.ID), strconv.Quote(about))
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
	client, err := facade.New(allAt(s.URL))
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
	client, err := facade.New(allAt(s.URL))
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	outcomes := map[string]outcome{} // by customer
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
