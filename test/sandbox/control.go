package sandbox

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// Document is the OpenAPI document of [Sandbox.Handler].
//
//go:embed openapi.yaml
var Document []byte

// Handler returns the calls by which an application in any language chooses
// scenarios, and reads what arrived. They stand in [Document], and answer on
// loopback alone: see [OnLoopback].
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sandbox/openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(Document)
	})
	mux.Handle("GET /sandbox/providers", jsonCall(s.providersJSON))
	mux.Handle("PUT /sandbox/providers/{provider}/scenarios", jsonCall(s.putScenarios))
	mux.Handle("POST /sandbox/providers/{provider}/scenarios", jsonCall(s.postScenarios))
	mux.Handle("GET /sandbox/requests", jsonCall(s.requestsJSON))
	mux.Handle("DELETE /sandbox/requests", jsonCall(s.deleteRequests))
	return OnLoopback(mux)
}

// OnLoopback refuses, with 403, requests to a host that is not loopback, which a
// page elsewhere can send after it has changed the address of its own name, and
// requests that the page of another origin sends.
func OnLoopback(next http.Handler) http.Handler {
	same := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
			http.Error(w, "sandbox: this answers to a loopback host alone, such as 127.0.0.1", http.StatusForbidden)
			return
		}
		same.ServeHTTP(w, r)
	})
}

// jsonCall answers with the JSON of what a function returns, and with 204 if that is
// nil.
func jsonCall(f func(r *http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer, err := f(r)
		status := http.StatusOK
		switch wrong := (*callError)(nil); {
		case errors.As(err, &wrong):
			status, answer = wrong.status, map[string]string{"error": wrong.Error()}
		case err != nil:
			status, answer = http.StatusInternalServerError, map[string]string{"error": err.Error()}
		case answer == nil:
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(answer) // a client that has gone away misses its answer
	})
}

// callError is a call that cannot be answered as it is.
type callError struct {
	status int
	error
}

func badCall(format string, args ...any) error {
	return &callError{http.StatusBadRequest, fmt.Errorf(format, args...)}
}

type choiceJSON struct {
	Next  []string `json:"next"`
	After string   `json:"after,omitempty"`
}

type scenarioJSON struct {
	Name     string `json:"name"`
	Customer string `json:"customer"`
}

type providerJSON struct {
	Provider  facade.Provider `json:"provider"`
	URL       string          `json:"url"`
	Default   string          `json:"default"`
	Chosen    choiceJSON      `json:"chosen"`
	Scenarios []scenarioJSON  `json:"scenarios"`
}

func (s *Sandbox) providersJSON(*http.Request) (any, error) {
	all := make([]providerJSON, 0, len(s.providers))
	for _, name := range Providers() {
		one := providerJSON{Provider: name, URL: s.URL(name), Default: Default(name), Chosen: s.providers[name].chosen()}
		for _, scenario := range Scenarios(name) {
			if scenario != FaultConnectionRefused {
				one.Scenarios = append(one.Scenarios, scenarioJSON{scenario, s.Customer(name, scenario)})
			}
		}
		all = append(all, one)
	}
	return map[string]any{"providers": all, "unreachable": s.UnreachableURL()}, nil
}

// chosen returns the scenarios that are still to come.
func (p *provider) chosen() choiceJSON {
	p.mu.Lock()
	defer p.mu.Unlock()
	return choiceJSON{append([]string{}, p.script.unused()...), p.script.after}
}

func (s *Sandbox) putScenarios(r *http.Request) (any, error) {
	p, choice, err := s.choice(r)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.script = script{names: choice.Next, after: choice.After}
	p.mu.Unlock()
	return p.chosen(), nil
}

func (s *Sandbox) postScenarios(r *http.Request) (any, error) {
	p, choice, err := s.choice(r)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	p.script = script{names: slices.Concat(p.script.unused(), choice.Next), after: cmp.Or(choice.After, p.script.after)}
	p.mu.Unlock()
	return p.chosen(), nil
}

// maxChoice is more than the names of a thousand scenarios.
const maxChoice = 1 << 20

// choice reads which scenarios are chosen, and of which provider.
func (s *Sandbox) choice(r *http.Request) (*provider, choiceJSON, error) {
	name := facade.Provider(r.PathValue("provider"))
	p := s.providers[name]
	if p == nil {
		return nil, choiceJSON{}, &callError{http.StatusNotFound, unknownProvider(name)}
	}
	var choice choiceJSON
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxChoice))
	d.DisallowUnknownFields()
	if err := d.Decode(&choice); err != nil {
		return nil, choiceJSON{}, badCall(`sandbox: want a body such as {"next": [%q], "after": %q}: %w`, FaultLostReply, Default(name), err)
	}
	for _, scenario := range append(slices.Clone(choice.Next), choice.After) {
		if scenario == "" {
			continue
		}
		if _, err := find(name, scenario); err != nil {
			return nil, choiceJSON{}, &callError{http.StatusBadRequest, err}
		}
		if scenario == FaultConnectionRefused {
			return nil, choiceJSON{}, badCall("sandbox: a port that listens cannot refuse: use %s for the base URL", s.UnreachableURL())
		}
	}
	return p, choice, nil
}

type requestJSON struct {
	Number   int               `json:"number"`
	At       time.Time         `json:"at"`
	Provider facade.Provider   `json:"provider"`
	Customer string            `json:"customer"`
	Method   string            `json:"method"`
	Path     string            `json:"path"`
	Header   map[string]string `json:"header"`
	Body     string            `json:"body"`
	// BodyBytes is the length of the whole body: Body is cut.
	BodyBytes int         `json:"body_bytes"`
	Scenario  string      `json:"scenario,omitempty"`
	Wrong     []wrongJSON `json:"wrong,omitempty"`
}

type wrongJSON struct {
	At       string `json:"at"`
	Expected string `json:"expected"`
	Found    string `json:"found"`
}

// requestsJSON returns what arrived after a number. If there is nothing yet, it
// waits, at most as long as the call says.
func (s *Sandbox) requestsJSON(r *http.Request) (any, error) {
	query := r.URL.Query()
	after, err := number(query.Get("after"))
	if err != nil {
		return nil, badCall("sandbox: after: %w", err)
	}
	wait, err := number(query.Get("wait"))
	if err != nil || wait > 60 {
		return nil, badCall("sandbox: wait must be whole seconds, at most 60")
	}
	p, err := s.named(query.Get("provider"))
	if err != nil {
		return nil, err
	}
	over := time.NewTimer(time.Duration(wait) * time.Second)
	defer over.Stop()
	for {
		changed := s.arrivals.change()
		list := s.arrivals.after(after, p)
		if len(list) == 0 && wait > 0 {
			select {
			case <-changed:
				continue
			case <-over.C:
			case <-r.Context().Done():
			case <-s.closing:
			}
		}
		requests := make([]requestJSON, len(list))
		for i, one := range list {
			requests[i] = one.json()
		}
		return map[string]any{"requests": requests}, nil
	}
}

func (s *Sandbox) deleteRequests(r *http.Request) (any, error) {
	p, err := s.named(r.URL.Query().Get("provider"))
	if err == nil {
		s.arrivals.clear(p)
	}
	return nil, err
}

// named returns the provider of that name, "" for none.
func (s *Sandbox) named(name string) (facade.Provider, error) {
	p := facade.Provider(name)
	if name != "" && s.providers[p] == nil {
		return "", &callError{http.StatusBadRequest, unknownProvider(p)}
	}
	return p, nil
}

func number(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, errors.New("must be a whole number from 0")
	}
	return n, nil
}

// maxShown is how much of a body is shown.
const maxShown = 64 << 10

func (r Received) json() requestJSON {
	s := r.sent()
	j := requestJSON{
		Number: s.number, At: s.at, Provider: r.Provider, Customer: s.customer, Method: s.method, Path: s.path,
		Header: make(map[string]string), Body: strings.ToValidUTF8(string(s.body[:min(len(s.body), maxShown)]), "\ufffd"),
		BodyBytes: len(s.body), Scenario: r.Scenario,
	}
	for name, values := range s.header {
		j.Header[name] = Masked(name, strings.Join(values, ", "))
	}
	for _, v := range r.Wrong {
		w := wrongOf(v)
		j.Wrong = append(j.Wrong, wrongJSON{w.At, w.Expected, w.Found})
	}
	return j
}

// Masked returns the value of a header as it may be shown: of a credential the
// scheme alone.
func Masked(header, value string) string {
	for _, d := range fixtures.Descriptors() {
		if !isCredentialHeader(d.Provider, header) {
			continue
		}
		if scheme, _, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "Bearer") {
			return scheme + " ***"
		}
		return "***"
	}
	return value
}
