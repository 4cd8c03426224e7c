// Package ledger plays the five providers, and remembers. It passes each start on to the sandbox,
// which judges and counts it. It stores what came of the start, and answers look-ups from that. It
// does to starts what providers and networks do, and reports afterwards whether any customer was
// started twice.
package ledger

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// Fate is what happens to a start that has arrived.
type Fate int

// These are the fates.
const (
	Answered  Fate = iota // there is a process, and an answer that says so
	LostReply             // there is a process, but no answer
	LostStart             // there is no process and no answer: the provider lost the start
	Limited               // refused temporarily, in the provider's own words
	Refused               // refused, in the provider's own words
)

// Ledger holds all providers.
type Ledger struct {
	// Fate decides what happens to the nth start of a customer. Nil means Answered.
	Fate func(key Key, nth int) Fate
	// RetryAfter is how many seconds a Limited answer asks for.
	RetryAfter int
	// Deaf decides whether a look-up gets no answer. Nil means that it always gets one.
	Deaf func() bool
	// Thinks is how long a provider waits before it answers a start. Hides is how long look-ups do
	// not show a process. Nil means no time.
	Thinks, Hides func() time.Duration

	sandbox *sandbox.Sandbox
	servers map[facade.Provider]*httptest.Server

	mu       sync.Mutex
	accounts map[Key]*Account
	wrong    []error
}

// Key names a customer at one provider.
type Key struct {
	Provider facade.Provider
	Customer string
}

// Account is what happened to a customer.
type Account struct {
	Deliveries int // starts that arrived whole
	Processes  []Process
	LookUps    int
	// Again counts the deliveries after the first, by what allowed them.
	Again map[string]int

	refused bool // whether the last delivery was refused
	noes    int  // since the last delivery
}

// These allow a delivery after the first.
const (
	AfterRefusal = "the one before was refused"
	AfterLookUps = "two look-ups said no"
	ForNoReason  = "nothing"
)

// Process is a KYC process.
type Process struct {
	Made    time.Time
	marks   marks
	visible time.Time
}

// New returns running providers in front of a sandbox.
func New(s *sandbox.Sandbox) *Ledger {
	l := &Ledger{sandbox: s, servers: map[facade.Provider]*httptest.Server{}, accounts: map[Key]*Account{}}
	for _, p := range sandbox.Providers() {
		l.servers[p] = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { l.serve(p, w, r) }))
	}
	return l
}

// Close stops the providers.
func (l *Ledger) Close() {
	for _, server := range l.servers {
		server.CloseClientConnections()
		server.Close()
	}
}

// URL returns the base URL of a provider.
func (l *Ledger) URL(p facade.Provider) string { return l.servers[p].URL + fixtures.Of(p).BasePath }

// Config returns a configuration for all providers.
func (l *Ledger) Config() facade.Config {
	config := l.sandbox.Config()
	config.HTTPClient = nil
	for _, d := range fixtures.Descriptors() {
		*d.Settings(&config).BaseURL = l.URL(d.Provider)
	}
	return config
}

// Accounts returns what happened to all customers, and everything that was wrong with a request or
// with the ledger's own answers.
func (l *Ledger) Accounts() (map[Key]Account, []error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := map[Key]Account{}
	for key, account := range l.accounts {
		copied := *account
		copied.Again, copied.Processes = maps.Clone(account.Again), slices.Clone(account.Processes)
		all[key] = copied
	}
	return all, slices.Clone(l.wrong)
}

func (l *Ledger) serve(p facade.Provider, w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // the request was not complete
	}
	key := Key{p, fixtures.Of(p).Customer.Read(r, body)}
	if r.Method == http.MethodGet {
		l.lookUp(key, w, r)
		return
	}
	fate := l.deliver(key, body) // from here on, look-ups can see it
	status, header, answer, err := l.forward(p, r, body)
	if err != nil || status >= 400 {
		l.fail(fmt.Errorf("%s: a wrong request, or a sandbox that is away: %d %w", p, status, err))
		panic(http.ErrAbortHandler)
	}
	if l.Thinks != nil {
		select {
		case <-time.After(l.Thinks()):
		case <-r.Context().Done():
		}
	}
	switch fate {
	case LostReply, LostStart:
		panic(http.ErrAbortHandler)
	case Limited:
		l.write(w, fixtures.Of(p).Limited())
	case Refused:
		l.write(w, fixtures.Of(p).Refusal.Name)
	default:
		maps.Copy(w.Header(), header)
		w.WriteHeader(status)
		_, _ = io.Copy(w, bytes.NewReader(answer))
	}
}

// deliver records a start that has arrived.
func (l *Ledger) deliver(key Key, body []byte) Fate {
	l.mu.Lock()
	defer l.mu.Unlock()
	account := l.account(key)
	account.Deliveries++
	switch {
	case account.Deliveries == 1:
	case account.refused:
		account.Again[AfterRefusal]++
	case account.noes >= 2:
		account.Again[AfterLookUps]++
	default:
		account.Again[ForNoReason]++
	}
	fate := Answered
	if l.Fate != nil {
		fate = l.Fate(key, account.Deliveries)
	}
	account.refused, account.noes = fate == Limited || fate == Refused, 0
	if fate == Answered || fate == LostReply {
		process := Process{Made: time.Now(), marks: marksOf(body)}
		process.visible = process.Made
		if l.Hides != nil {
			process.visible = process.Made.Add(l.Hides())
		}
		account.Processes = append(account.Processes, process)
	}
	return fate
}

// account returns a customer's account. The caller must hold the lock.
func (l *Ledger) account(key Key) *Account {
	if l.accounts[key] == nil {
		l.accounts[key] = &Account{Again: map[string]int{}}
	}
	return l.accounts[key]
}

func (l *Ledger) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrong = append(l.wrong, err)
}

// forward passes a start on to the sandbox.
func (l *Ledger) forward(p facade.Provider, r *http.Request, body []byte) (int, http.Header, []byte, error) {
	at, err := url.Parse(l.sandbox.URL(p))
	if err != nil {
		return 0, nil, nil, err
	}
	// Even if the client is gone, its request was sent.
	out := r.Clone(context.WithoutCancel(r.Context()))
	out.RequestURI, out.Host = "", at.Host
	out.URL.Scheme, out.URL.Host = at.Scheme, at.Host
	out.Body = io.NopCloser(bytes.NewReader(body))
	if len(body) == 0 {
		out.Body = http.NoBody
	}
	answer, err := http.DefaultTransport.RoundTrip(out)
	if err != nil {
		return 0, nil, nil, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	return answer.StatusCode, answer.Header, text, err
}

// write answers with a fixture.
func (l *Ledger) write(w http.ResponseWriter, name string) {
	c, err := fixtures.Find(name)
	if err != nil {
		l.fail(err)
		panic(http.ErrAbortHandler)
	}
	maps.Copy(w.Header(), c.Header)
	if c.Status == http.StatusTooManyRequests || w.Header().Get("Retry-After") != "" {
		w.Header().Set("Retry-After", strconv.Itoa(l.RetryAfter))
	}
	w.WriteHeader(c.Status)
	_, _ = w.Write(c.Body)
}

// lookUp answers from the ledger, and records what it said.
func (l *Ledger) lookUp(key Key, w http.ResponseWriter, r *http.Request) {
	if l.Deaf != nil && l.Deaf() {
		panic(http.ErrAbortHandler)
	}
	l.mu.Lock()
	account := l.account(key)
	account.LookUps++
	var visible []Process
	for _, process := range account.Processes {
		if time.Now().After(process.visible) {
			visible = append(visible, process)
		}
	}
	if len(visible) == 0 {
		account.noes++
	}
	l.mu.Unlock()
	status, body := http.StatusOK, answerOf(key, visible, w.Header())
	w.Header().Set("Content-Type", "application/json")
	for _, v := range contract.Response(string(key.Provider), contract.OperationOf(string(key.Provider), r), status, w.Header(), body) {
		l.fail(fmt.Errorf("%s: the ledger's own answer: %s", key.Provider, v))
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
