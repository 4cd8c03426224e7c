package sandbox

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
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

// Handler returns the HTTP calls with which an application in any language chooses scenarios and
// reads what arrived. [Document] describes them. They answer on loopback alone: see [OnLoopback].
func (s *Sandbox) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /sandbox/openapi.yaml", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/yaml")
		_, _ = w.Write(Document)
	})
	mux.Handle("GET /sandbox/providers", s.jsonCall(s.listProviders))
	mux.Handle("PUT /sandbox/providers/{provider}/scenarios", s.jsonCall(s.choose))
	mux.Handle("POST /sandbox/providers/{provider}/scenarios", s.jsonCall(s.choose))
	mux.Handle("GET /sandbox/requests", s.jsonCall(s.listRequests))
	mux.Handle("DELETE /sandbox/requests", s.jsonCall(s.clearRequests))
	return OnLoopback(mux)
}

// OnLoopback refuses two kinds of requests with 403. The first kind is for a host that is not
// loopback: a page elsewhere can send one after its host name was pointed at this machine. The
// second kind comes from a page of another origin and would change something. (A browser does not
// let such a page read the answer to a GET.)
func OnLoopback(next http.Handler) http.Handler {
	same := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := (&url.URL{Host: r.Host}).Hostname()
		if host != "localhost" && !net.ParseIP(host).IsLoopback() {
			http.Error(w, "sandbox: only requests to a loopback host such as 127.0.0.1 are answered", http.StatusForbidden)
			return
		}
		same.ServeHTTP(w, r)
	})
}

// jsonCall answers with the JSON that a function returns, or with the reason why it fails. The
// function gets the provider that the call names, or "" if it names none.
func (s *Sandbox) jsonCall(f func(p facade.Provider, r *http.Request) (answer any, err error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p := facade.Provider(cmp.Or(r.PathValue("provider"), r.URL.Query().Get("provider")))
		answer, err := any(nil), unknownProvider(p)
		if p == "" || s.providers[p] != nil {
			answer, err = f(p, r)
		}
		status := http.StatusOK
		switch {
		case err != nil:
			status, answer = http.StatusBadRequest, map[string]string{"error": err.Error()}
		case answer == nil:
			w.WriteHeader(http.StatusNoContent)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(answer) // if the client is gone, nobody needs the answer
	})
}

func (s *Sandbox) listProviders(facade.Provider, *http.Request) (any, error) {
	var all []any
	for _, name := range Providers() {
		var choices []any
		for _, one := range scenarios()[name] {
			if one.customer != "" {
				choices = append(choices, map[string]any{"name": one.Name, "customer": s.Customer(name, one.Name)})
			}
		}
		all = append(all, map[string]any{
			"provider": name, "url": s.URL(name), "default": Default(name), "chosen": s.providers[name].chosen(), "scenarios": choices,
		})
	}
	return map[string]any{"providers": all, "unreachable": s.UnreachableURL()}, nil
}

// chosen returns what an application chose, and what of it is still to come.
func (p *provider) chosen() script {
	p.mu.Lock()
	defer p.mu.Unlock()
	return script{append([]string{}, p.script.Next...), p.script.After}
}

// choose replaces what was chosen before. With POST it adds to it.
func (s *Sandbox) choose(name facade.Provider, r *http.Request) (any, error) {
	p := s.providers[name]
	var c script
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, fmt.Errorf(`sandbox: want a body such as {"next": [%q], "after": %q}: %w`, FaultLostReply, Default(name), err)
	}
	for _, scenario := range append(slices.Clone(c.Next), cmp.Or(c.After, Default(name))) {
		if _, err := find(name, scenario); err != nil {
			return nil, err
		}
		if scenario == FaultConnectionRefused {
			return nil, fmt.Errorf("sandbox: a port that listens cannot refuse: use %s for the base URL", s.UnreachableURL())
		}
	}
	p.mu.Lock()
	if r.Method == http.MethodPost {
		c = script{slices.Concat(p.script.Next, c.Next), cmp.Or(c.After, p.script.After)}
	}
	p.script = c
	p.mu.Unlock()
	return p.chosen(), nil
}

// maxWait is how many seconds a call may wait for a request.
const maxWait = 60

// listRequests returns the requests that arrived after a given number. If there are none yet, it
// waits for one, at most as long as the call says.
func (s *Sandbox) listRequests(p facade.Provider, r *http.Request) (any, error) {
	query := r.URL.Query()
	after, errAfter := strconv.ParseUint(cmp.Or(query.Get("after"), "0"), 10, 31)
	wait, errWait := strconv.ParseUint(cmp.Or(query.Get("wait"), "0"), 10, 31)
	if errAfter != nil || errWait != nil || wait > maxWait {
		return nil, fmt.Errorf("sandbox: after must be a whole number, and wait one of at most %d", maxWait)
	}
	changed := s.arrivals.next(p)
	list := s.arrivals.after(int(after), p)
	if len(list) == 0 {
		select {
		case <-changed:
		case <-time.After(time.Duration(wait) * time.Second):
		case <-r.Context().Done():
		}
		list = s.arrivals.after(int(after), p)
	}
	requests := make([]any, len(list))
	for i, one := range list {
		requests[i] = one.shown()
	}
	return map[string]any{"requests": requests}, nil
}

// maxShown is how much of a body is shown, in bytes.
const maxShown = 64 << 10

// shown returns the request as an application may see it.
func (r Received) shown() any {
	var wrong []map[string]string
	sent, header := r.sent(), make(map[string]string)
	for name, values := range sent.header {
		header[name] = Masked(name, strings.Join(values, ", "))
	}
	for _, v := range r.Wrong {
		wrong = append(wrong, map[string]string{"at": v.Pointer, "expected": v.Expected, "found": v.Found})
	}
	shown := map[string]any{
		"number": sent.number, "at": sent.at, "provider": r.Provider, "customer": sent.customer,
		"method": sent.method, "path": sent.path, "header": header, "body_bytes": len(sent.body),
		"body": strings.ToValidUTF8(string(sent.body[:min(len(sent.body), maxShown)]), "\ufffd"),
	}
	if r.Scenario != "" {
		shown["scenario"] = r.Scenario
	}
	if wrong != nil {
		shown["wrong"] = wrong
	}
	return shown
}

func (s *Sandbox) clearRequests(p facade.Provider, _ *http.Request) (answer any, _ error) {
	s.arrivals.clear(p)
	return answer, nil
}

// Masked returns the value of a header as it may be shown. Only the scheme of a credential is
// shown.
func Masked(header, value string) string {
	isCredential := func(d fixtures.Descriptor) bool { return strings.EqualFold(header, d.Credential) }
	if !slices.ContainsFunc(fixtures.Descriptors(), isCredential) {
		return value
	}
	if scheme, _, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return scheme + " ***"
	}
	return "***"
}
