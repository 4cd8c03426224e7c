package sandbox

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kycstart/kycstart/facade"
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
	mux.Handle("GET /sandbox/providers", jsonCall(s.providersJSON))
	mux.Handle("PUT /sandbox/providers/{provider}/scenarios", jsonCall(s.choose))
	mux.Handle("POST /sandbox/providers/{provider}/scenarios", jsonCall(s.choose))
	mux.Handle("GET /sandbox/requests", jsonCall(s.requestsJSON))
	mux.Handle("DELETE /sandbox/requests", jsonCall(s.deleteRequests))
	return OnLoopback(mux)
}

// OnLoopback refuses two kinds of requests with 403. The first kind is for a host that is not
// loopback: a page elsewhere can send one after its host name was pointed at this machine. The
// second kind comes from a page of another origin.
func OnLoopback(next http.Handler) http.Handler {
	same := http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		if ip, err := netip.ParseAddr(host); host != "localhost" && (err != nil || !ip.IsLoopback()) {
			http.Error(w, "sandbox: only requests to a loopback host such as 127.0.0.1 are answered", http.StatusForbidden)
			return
		}
		same.ServeHTTP(w, r)
	})
}

// jsonCall answers with the status and the JSON that a function returns.
func jsonCall(f func(r *http.Request) (status int, answer any)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		status, answer := f(r)
		if err, failed := answer.(error); failed {
			answer = map[string]string{"error": err.Error()}
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Cache-Control", "no-store")
		w.WriteHeader(status)
		if status == http.StatusNoContent {
			return
		}
		encoder := json.NewEncoder(w)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(answer) // if the client is gone, nobody needs the answer
	})
}

func (s *Sandbox) providersJSON(*http.Request) (int, any) {
	var all []any
	for _, name := range Providers() {
		var scenarios []any
		for _, one := range scenariosOf(name) {
			if one.customer != "" {
				scenarios = append(scenarios, map[string]any{"name": one.name, "customer": s.Customer(name, one.name)})
			}
		}
		all = append(all, map[string]any{
			"provider": name, "url": s.URL(name), "default": Default(name), "chosen": s.providers[name].chosen(), "scenarios": scenarios,
		})
	}
	return http.StatusOK, map[string]any{"providers": all, "unreachable": s.UnreachableURL()}
}

// choice is what an application chose, and what of it is still to come.
type choice struct {
	Next  []string `json:"next"`
	After string   `json:"after,omitempty"`
}

func (p *provider) chosen() choice {
	p.mu.Lock()
	defer p.mu.Unlock()
	return choice{append([]string{}, p.script.names...), p.script.after}
}

// maxChoice has room for the names of more than a thousand scenarios.
const maxChoice = 1 << 20

// choose replaces what was chosen before. With POST it adds to it.
func (s *Sandbox) choose(r *http.Request) (int, any) {
	name := facade.Provider(r.PathValue("provider"))
	p := s.providers[name]
	if p == nil {
		return http.StatusNotFound, unknownProvider(name)
	}
	var c choice
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxChoice))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return http.StatusBadRequest, fmt.Errorf(`sandbox: want a body such as {"next": [%q], "after": %q}: %w`, FaultLostReply, Default(name), err)
	}
	for _, scenario := range append(slices.Clone(c.Next), cmp.Or(c.After, Default(name))) {
		if _, err := find(name, scenario); err != nil {
			return http.StatusBadRequest, err
		}
		if scenario == FaultConnectionRefused {
			return http.StatusBadRequest, fmt.Errorf("sandbox: a port that listens cannot refuse: use %s for the base URL", s.UnreachableURL())
		}
	}
	p.mu.Lock()
	if r.Method == http.MethodPost {
		c = choice{slices.Concat(p.script.names, c.Next), cmp.Or(c.After, p.script.after)}
	}
	p.script = script{c.Next, c.After}
	p.mu.Unlock()
	return http.StatusOK, p.chosen()
}

// maxWait is how many seconds a call may wait for a request.
const maxWait = 60

// requestsJSON returns the requests that arrived after a given number. If there are none yet, it
// waits for one, at most as long as the call says.
func (s *Sandbox) requestsJSON(r *http.Request) (int, any) {
	query := r.URL.Query()
	after, errAfter := strconv.ParseUint(cmp.Or(query.Get("after"), "0"), 10, 31)
	wait, errWait := strconv.ParseUint(cmp.Or(query.Get("wait"), "0"), 10, 31)
	if errAfter != nil || errWait != nil || wait > maxWait {
		return http.StatusBadRequest, fmt.Errorf("sandbox: after must be a whole number, and wait one of at most %d", maxWait)
	}
	p := facade.Provider(query.Get("provider"))
	if p != "" && s.providers[p] == nil {
		return http.StatusBadRequest, unknownProvider(p)
	}
	over := time.NewTimer(time.Duration(wait) * time.Second)
	defer over.Stop()
	changed := s.arrivals.next(p)
	list := s.arrivals.after(int(after), p)
	if len(list) == 0 && wait > 0 {
		select {
		case <-changed:
		case <-over.C:
		case <-r.Context().Done():
		}
		list = s.arrivals.after(int(after), p)
	}
	requests := make([]*sent, len(list))
	for i, one := range list {
		requests[i] = one.sent()
	}
	return http.StatusOK, map[string]any{"requests": requests}
}

func (s *Sandbox) deleteRequests(r *http.Request) (int, any) {
	p := facade.Provider(r.URL.Query().Get("provider"))
	if p != "" && s.providers[p] == nil {
		return http.StatusBadRequest, unknownProvider(p)
	}
	s.arrivals.clear(p)
	return http.StatusNoContent, nil
}

// Masked returns the value of a header as it may be shown. Only the scheme of a credential is
// shown.
func Masked(header, value string) string {
	if !slices.ContainsFunc(Providers(), func(p facade.Provider) bool { return isCredential(p, header) }) {
		return value
	}
	if scheme, _, ok := strings.Cut(value, " "); ok && strings.EqualFold(scheme, "Bearer") {
		return scheme + " ***"
	}
	return "***"
}
