package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
)

// RequestError is the failure of a test whose application sent a request that the provider's
// document does not allow. It names every mistake, and holds no value of the request.
type RequestError struct {
	Provider facade.Provider
	// Status is the status that the request was answered with.
	Status     int
	Violations []contract.Violation
}

// Error returns one line for each violation.
func (e *RequestError) Error() string {
	return fmt.Sprintf("sandbox: wrong request to %s, answered %d:\n\t%s", e.Provider, e.Status, reasons(e.Violations, "\n\t"))
}

func reasons(wrong []contract.Violation, separator string) string {
	all := make([]string, len(wrong))
	for i, v := range wrong {
		all[i] = cmp.Or(v.Pointer, "body") + ": expected " + v.Expected + ", found " + v.Found
	}
	return strings.Join(all, separator)
}

// maxReasons is the longest message that a provider allows. Forte documents it.
const maxReasons = 1000

func (p *provider) refuse(c *call, wrong []contract.Violation) {
	status := p.Rejection.Status
	switch at, header, _ := strings.Cut(wrong[0].Pointer, ":"); {
	case at == "path" && header == "" || at == "method":
		status = http.StatusNotFound
	case at == "header" && isCredential(p.Provider, header):
		status = http.StatusUnauthorized
	}
	p.mu.Lock()
	p.wrong = true
	p.mu.Unlock()
	p.sandbox.arrivals.add(newReceived(p.Provider, c, "", wrong))
	p.sandbox.report(&RequestError{p.Provider, status, wrong})

	text := reasons(wrong, "; ")
	body, err := json.Marshal(p.Rejection.Body(status, strings.ToValidUTF8(text[:min(len(text), maxReasons)], "")))
	if err != nil {
		p.sandbox.report(fmt.Errorf("sandbox: %w", err))
	}
	c.send(status, http.Header{"Content-Type": {p.Rejection.MediaType}}, body)
}

// isCredential reports whether a provider takes its credential from a header.
func isCredential(p facade.Provider, header string) bool {
	for _, scheme := range contract.Spec(string(p)).Components.SecuritySchemes {
		if strings.EqualFold(header, cmp.Or(scheme.Value.Name, "Authorization")) {
			return true
		}
	}
	return false
}
