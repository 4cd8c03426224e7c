package facade_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptrace"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
)

var simulated = flag.Int("simulated-starts", 2_000, "number of customers in the simulation of look-ups")

// A lost world: Rebilly for one customer, with lost replies, crashes before and after
// the work began, work that is done long after the connection is gone, a list that lags
// behind, other people's processes, look-ups that fail, and a clock of its own.
type lostWorld struct {
	chance    *rand.Rand
	skew      time.Duration // of the provider's clock
	processes []lostProcess
	starts    int // that the caller sent
	lookups   int
	faults    map[string]int
}

type lostProcess struct {
	id, redirectURL, status string
	made, listed            time.Time // by the caller's clock
	ours                    bool
}

// The bounds of the world. The grace of a caller must be longer than both together: the
// period is the caller's choice, since no provider tells one.
const (
	lostLongest = 2 * time.Minute // from a request to its work
	listLongest = time.Minute     // from the work to the list
	simGrace    = 4 * time.Minute
)

func (w *lostWorld) between(from, to time.Duration) time.Duration {
	return from + time.Duration(w.chance.Int64N(int64(to-from)+1))
}

func (w *lostWorld) add(made time.Time, redirectURL, status string, ours bool) *lostProcess {
	w.processes = append(w.processes, lostProcess{
		id:          fmt.Sprint("kyc_req_", len(w.processes)+1),
		redirectURL: redirectURL, status: status,
		made: made, listed: made.Add(w.between(0, listLongest)), ours: ours,
	})
	return &w.processes[len(w.processes)-1]
}

// others adds what other people create: the staff, rules, other programs.
func (w *lostWorld) others() {
	const mark = "https://shop.example/kyc/done"
	now := time.Now()
	if w.chance.IntN(3) == 0 {
		w.add(now.Add(-w.between(time.Hour, 48*time.Hour)), mark, "expired", false)
	}
	if w.chance.IntN(10) == 0 {
		w.add(now.Add(-w.between(0, 30*time.Minute)), mark, "gathering", false)
	}
	if w.chance.IntN(10) == 0 {
		w.add(now.Add(w.between(0, 10*time.Minute)), mark, "gathering", false)
	}
}

// RoundTrip is the provider.
func (w *lostWorld) RoundTrip(r *http.Request) (*http.Response, error) {
	trace := httptrace.ContextClientTrace(r.Context())
	trace.GetConn(r.URL.Host)
	trace.GotConn(httptrace.GotConnInfo{})
	time.Sleep(w.between(0, 2*time.Second))
	if r.Method == http.MethodPost {
		return w.start(r)
	}
	w.lookups++
	return w.look(r)
}

func (w *lostWorld) start(r *http.Request) (*http.Response, error) {
	w.starts++
	var asked struct{ RedirectURL string }
	if err := json.NewDecoder(r.Body).Decode(&asked); err != nil {
		return nil, err
	}
	begin := func(after time.Duration) *lostProcess {
		return w.add(time.Now().Add(after), asked.RedirectURL, "gathering", true)
	}
	fate := []string{
		"answered", "answered", "lost before the work", "lost after the work", "lost, and the work is done later",
		"a gateway's error, no work", "a gateway's error, the work is done later", "cut, with a Location", "cut, without one", "silent, no work", "silent, with work",
	}[w.chance.IntN(11)]
	w.faults[fate]++
	switch fate {
	case "answered":
		return w.answer(http.StatusCreated, nil, w.text(*begin(0))), nil
	case "lost after the work":
		begin(0)
	case "lost, and the work is done later":
		begin(w.between(0, lostLongest))
	case "a gateway's error, the work is done later":
		begin(w.between(0, lostLongest))
		return w.answer(http.StatusBadGateway, http.Header{"Content-Type": {"text/html"}}, "<html>"), nil
	case "a gateway's error, no work":
		return w.answer(http.StatusBadGateway, http.Header{"Content-Type": {"text/html"}}, "<html>"), nil
	case "cut, with a Location":
		p := begin(0)
		return w.answer(http.StatusCreated, http.Header{"Location": {"https://provider.test/organizations/acme/kyc-requests/" + p.id}}, `{"id":`), nil
	case "cut, without one":
		begin(0)
		return w.answer(http.StatusCreated, nil, `{"id":`), nil
	case "silent, with work":
		begin(0)
		fallthrough
	case "silent, no work":
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	return nil, io.ErrUnexpectedEOF
}

func (w *lostWorld) look(r *http.Request) (*http.Response, error) {
	switch w.chance.IntN(12) {
	case 0:
		return nil, io.ErrUnexpectedEOF
	case 1:
		return w.answer(http.StatusServiceUnavailable, http.Header{"Content-Type": {"text/html"}}, "<html>"), nil
	case 2:
		return w.answer(http.StatusTooManyRequests, http.Header{"Retry-After": {"600"}}, `{"title":"Too Many Requests"}`), nil
	case 3:
		return w.answer(http.StatusOK, http.Header{"Pagination-Total": {"0"}}, `[`), nil
	}
	var listed []string
	for _, p := range slices.Backward(w.processes) {
		if p.listed.After(time.Now()) {
			continue
		}
		if path.Base(r.URL.Path) == p.id {
			return w.answer(http.StatusOK, nil, w.text(p)), nil
		}
		listed = append(listed, w.text(p))
	}
	if path.Base(r.URL.Path) != "kyc-requests" {
		return w.answer(http.StatusNotFound, nil, `{"title":"Not Found"}`), nil
	}
	return w.answer(http.StatusOK, http.Header{"Pagination-Total": {strconv.Itoa(len(listed))}}, "["+strings.Join(listed, ",")+"]"), nil
}

// text is a process as the provider tells of it, by its own clock.
func (w *lostWorld) text(p lostProcess) string {
	return fmt.Sprintf(`{"id":%q,"customerId":"customer-42","documents":[],"status":%q,"redirectUrl":%q,"createdTime":%q,
		"_links":[{"rel":"gatherer","href":"https://gather.example/%s"}]}`,
		p.id, p.status, p.redirectURL, p.made.Add(w.skew).UTC().Format(time.RFC3339), p.id)
}

func (w *lostWorld) answer(status int, header http.Header, body string) *http.Response {
	answer := &http.Response{StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}}
	answer.Header.Set("Date", time.Now().Add(w.skew).UTC().Format(http.TimeFormat))
	time.Sleep(w.between(0, 2*time.Second)) // on the way back
	maps.Copy(answer.Header, header)
	answer.Body, answer.ContentLength = io.NopCloser(bytes.NewReader([]byte(body))), int64(len(body))
	return answer
}

// tally is what came of all customers.
type tally struct {
	customers, starts, lookups, twice, givenUp int
	wait                                       time.Duration
	faults                                     map[string]int
}

// simulate starts KYC for many customers, by the example, with this grace.
func simulate(t *testing.T, seed uint64, customers int, grace time.Duration) tally {
	sum := tally{customers: customers, faults: map[string]int{}}
	synctest.Test(t, func(t *testing.T) {
		for customer := range customers {
			w := &lostWorld{chance: rand.New(rand.NewPCG(seed, uint64(customer))), faults: sum.faults}
			w.skew = w.between(-10*time.Minute, 10*time.Minute)
			w.others()
			client, err := facade.New(facade.Config{
				Rebilly:    &facade.RebillyConfig{BaseURL: "https://provider.test", OrganizationID: "acme", APIKey: "sk_example"},
				HTTPClient: &http.Client{Transport: w},
			})
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			next, err := startSettled(context.Background(), client, request, grace)
			sum.wait += time.Since(began)
			time.Sleep(lostLongest + listLongest) // whatever is on its way arrives
			ours, live := 0, false
			for _, p := range w.processes {
				if p.ours {
					ours++
				}
				live = live || p.status == "gathering" && next.URL.Reveal() == "https://gather.example/"+p.id
			}
			if ours > 1 {
				sum.twice++
			}
			if err != nil || !live {
				sum.givenUp++
				if grace > 0 {
					t.Errorf("customer %d of seed %d is given up: %v, %+v", customer, seed, err, w.processes)
				}
			}
			sum.starts += w.starts
			sum.lookups += w.lookups
		}
	})
	return sum
}

// TestSimulation: a caller that follows the example never starts twice and gives no
// customer up; the same caller without the grace does start twice, so that the world is
// hard enough.
func TestSimulation(t *testing.T) {
	const seed = 14
	with := simulate(t, seed, *simulated, simGrace)
	without := simulate(t, seed, *simulated, 0)
	for name, s := range map[string]tally{"with grace": with, "without grace": without} {
		t.Logf("%s: %d customers, %d starts, %d look-ups, %d started twice, %d given up, %v a customer",
			name, s.customers, s.starts, s.lookups, s.twice, s.givenUp, (s.wait / time.Duration(s.customers)).Round(time.Second))
	}
	t.Logf("fates: %v", with.faults)
	if with.twice > 0 || with.givenUp > 0 {
		t.Errorf("%d customers are started twice, and %d given up", with.twice, with.givenUp)
	}
	if without.twice == 0 {
		t.Error("nobody is started twice without the grace: the simulation does not bite")
	}
	if len(with.faults) != 10 {
		t.Errorf("not every fate came up: %v", with.faults)
	}
}
