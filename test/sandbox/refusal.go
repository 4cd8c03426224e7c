package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// RequestError is the failure of a test whose application has sent a request
// that the provider's document does not allow. It names every point, and holds
// no value of the request.
type RequestError struct {
	Provider facade.Provider
	// Status is what the request was answered with.
	Status     int
	Violations []contract.Violation
}

// Error returns one line a violation.
func (e *RequestError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "sandbox: wrong request to %s, answered %d:", e.Provider, e.Status)
	for _, v := range e.Violations {
		b.WriteString("\n\t" + wrongOf(v).String())
	}
	return b.String()
}

// wrongOf returns what is wrong, and where.
func wrongOf(v contract.Violation) fixtures.Wrong {
	return fixtures.Wrong{At: v.Pointer, Expected: v.Expected, Found: v.Found}
}

func (p *provider) refuse(c *call, wrong []contract.Violation) {
	for i := range wrong {
		wrong[i].Found = found(p.name, c.request, wrong[i])
	}
	form := fixtures.Of(p.name).Rejection
	status := form.Status
	switch first := wrong[0]; {
	case first.Pointer == "path" || first.Pointer == "method":
		status = http.StatusNotFound
	case isCredential(p.name, first):
		status = http.StatusUnauthorized
	}
	p.mu.Lock()
	p.wrong = true
	p.keep(newReceived(p.name, c, "", wrong))
	p.mu.Unlock()
	p.sandbox.report(&RequestError{p.name, status, wrong})

	reasons := make([]fixtures.Wrong, len(wrong))
	for i, v := range wrong {
		reasons[i] = wrongOf(v)
	}
	body, err := json.Marshal(form.Body(status, reasons))
	if err != nil {
		p.sandbox.report(fmt.Errorf("sandbox: %w", err))
		c.drop()
		return
	}
	c.send(status, http.Header{"Content-Type": {form.MediaType}}, body)
}

// isCredential reports whether a violation is about a header that the provider
// takes its credential from.
func isCredential(p facade.Provider, v contract.Violation) bool {
	header, isHeader := strings.CutPrefix(v.Pointer, "header:")
	return isHeader && isCredentialHeader(p, header)
}

func isCredentialHeader(p facade.Provider, header string) bool {
	for _, scheme := range contract.Spec(string(p)).Components.SecuritySchemes {
		if strings.EqualFold(header, cmp.Or(scheme.Value.Name, "Authorization")) {
			return true
		}
	}
	return false
}
