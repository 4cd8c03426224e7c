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

// maxReasons is the longest message that a provider allows. Forte documents it.
const maxReasons = 1000

// refuse answers a wrong request in the provider's own form, and reports it. Both name every
// mistake, and hold no value of the request.
func (p *provider) refuse(c *call, wrong []contract.Violation) {
	status := p.Rejection.Status
	switch at, header, _ := strings.Cut(wrong[0].Pointer, ":"); {
	case at == "path" && header == "" || at == "method":
		status = http.StatusNotFound
	case at == "header" && isCredential(p.Provider, header):
		status = http.StatusUnauthorized
	}
	reasons := make([]string, len(wrong))
	for i, v := range wrong {
		reasons[i] = cmp.Or(v.Pointer, "body") + ": expected " + v.Expected + ", found " + v.Found
	}
	p.sandbox.arrivals.add(p.Provider, c.sent, "", wrong)
	p.sandbox.report(fmt.Errorf("sandbox: wrong request to %s, answered %d:\n\t%s",
		p.Provider, status, strings.Join(reasons, "\n\t")))

	text := strings.Join(reasons, "; ")
	object := p.Rejection.Body(status, strings.ToValidUTF8(text[:min(len(text), maxReasons)], ""))
	body, _ := json.Marshal(object) // texts and numbers always encode
	c.answer(status, http.Header{"Content-Type": {p.Rejection.MediaType}}, body, len(body))
}

// isCredential reports whether a provider takes its credential from a header.
func isCredential(p facade.Provider, header string) bool {
	return strings.EqualFold(header, "Authorization") || strings.EqualFold(header, fixtures.Of(p).Credential)
}
