package sandbox

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
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
		b.WriteString("\n\t" + reason(v))
	}
	return b.String()
}

// reason says what is wrong, and where.
func reason(v contract.Violation) string {
	return cmp.Or(v.Pointer, "body") + ": expected " + v.Expected + ", found " + v.Found
}

func (p *provider) refuse(c *call, wrong []contract.Violation) {
	form := refusals[p.name]
	status := form.status
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

	body, err := json.Marshal(form.body(status, wrong))
	if err != nil {
		p.sandbox.report(fmt.Errorf("sandbox: %w", err))
		c.drop()
		return
	}
	c.send(status, http.Header{"Content-Type": {form.mediaType}}, body)
}

// isCredential reports whether a violation is about a header that the provider
// takes its credential from.
func isCredential(p facade.Provider, v contract.Violation) bool {
	for _, scheme := range contract.Spec(string(p)).Components.SecuritySchemes {
		if strings.EqualFold(v.Pointer, "header:"+cmp.Or(scheme.Value.Name, "Authorization")) {
			return true
		}
	}
	return false
}

// refusals are the providers' own ways to refuse a request, by their documents.
// The status is for what is neither the credential nor the path.
var refusals = map[facade.Provider]struct {
	status    int
	mediaType string
	body      func(status int, wrong []contract.Violation) any
}{
	facade.Vault:    {http.StatusBadRequest, "application/json", vaultRefusal},
	facade.XGateway: {http.StatusBadRequest, "application/json", xgatewayRefusal},
	facade.Forte:    {http.StatusUnprocessableEntity, "application/json", forteRefusal},
	facade.Qolo:     {http.StatusBadRequest, "application/json", qoloRefusal},
	facade.Rebilly:  {http.StatusUnprocessableEntity, "application/problem+json", rebillyRefusal},
}

func vaultRefusal(status int, wrong []contract.Violation) any {
	code := "SANDBOX_WRONG_REQUEST"
	if status == http.StatusUnauthorized {
		code = "invalid_token"
	}
	return map[string]any{"error": code, "systemId": "sandbox", "message": reasons(wrong)}
}

func xgatewayRefusal(status int, wrong []contract.Violation) any {
	code := "bad_request"
	switch status {
	case http.StatusUnauthorized:
		code = "unauthorized"
	case http.StatusNotFound:
		code = "not_found"
	}
	var errs []any
	for _, v := range wrong {
		errs = append(errs, map[string]any{"code": code, "message": reason(v)})
	}
	return map[string]any{"success": false, "errors": errs}
}

func forteRefusal(status int, wrong []contract.Violation) any {
	return map[string]any{"error": map[string]any{
		"status": status, "reason": http.StatusText(status), "message": reasons(wrong),
	}}
}

func qoloRefusal(_ int, wrong []contract.Violation) any {
	return map[string]any{"message": reasons(wrong)}
}

func rebillyRefusal(status int, wrong []contract.Violation) any {
	problem := map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": reasons(wrong),
	}
	if status != http.StatusUnprocessableEntity {
		return problem
	}
	var fields []any
	for _, v := range wrong {
		field := strings.ReplaceAll(strings.TrimPrefix(v.Pointer, "/"), "/", ".")
		fields = append(fields, map[string]any{"field": cmp.Or(field, "body"), "message": reason(v)})
	}
	problem["invalidFields"] = fields
	return problem
}

// maxReasons is as long as a message of Forte's may be.
const maxReasons = 1000

func reasons(wrong []contract.Violation) string {
	all := make([]string, len(wrong))
	for i, v := range wrong {
		all[i] = reason(v)
	}
	text := strings.Join(all, "; ")
	if len(text) > maxReasons {
		text = text[:maxReasons]
		for !utf8.ValidString(text) {
			text = text[:len(text)-1]
		}
	}
	return text
}
