package contract

import (
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/schemacheck"
)

// A credential is a header that a security scheme wants.
type credential struct {
	header string
	form   *regexp.Regexp
	words  string
}

var (
	// RFC 6750, section 2.1; the scheme is not case-sensitive.
	bearerToken = regexp.MustCompile(`^(?i:bearer) +[A-Za-z0-9._~+/-]+=*$`)
	apiKey      = regexp.MustCompile(`^[\x21-\x7e]+$`)
)

// credentials returns the alternatives of an operation's security.
func credentials(doc *openapi3.T, op *openapi3.Operation) (all [][]credential) {
	requirements := doc.Security
	if op.Security != nil {
		requirements = *op.Security
	}
	for _, requirement := range requirements {
		var wanted []credential
		for _, name := range slices.Sorted(maps.Keys(requirement)) {
			if scheme := doc.Components.SecuritySchemes[name].Value; scheme.Type == "apiKey" {
				wanted = append(wanted, credential{scheme.Name, apiKey, "a key"})
			} else {
				wanted = append(wanted, credential{"Authorization", bearerToken, "Bearer and a token"})
			}
		}
		all = append(all, wanted)
	}
	return all
}

// credential wants one alternative to be there as a whole. Whether the provider
// would accept the credential is not asked.
func (e *endpoint) credential(f *findings, header http.Header) {
	var complaints []Violation
	var alternatives []string
	for _, alternative := range e.security {
		var words []string
		missing := e.findings(InRequest)
		for _, c := range alternative {
			words = append(words, c.header+" with "+c.words)
			switch values := header.Values(c.header); {
			case len(values) != 1:
				missing.add("header:"+c.header, "", schemacheck.Count(len(values)))
			case !c.form.MatchString(values[0]):
				missing.add("header:"+c.header, "", schemacheck.Describe(values[0])+", not of that form")
			}
		}
		if len(missing.list) == 0 {
			return
		}
		complaints = append(complaints, missing.list...)
		alternatives = append(alternatives, strings.Join(words, " and "))
	}
	// Of several alternatives, the one that was tried is at fault.
	worst := complaints[0]
	for _, c := range complaints {
		if c.Found != schemacheck.Count(0) {
			worst = c
			break
		}
	}
	f.add(worst.Pointer, strings.Join(alternatives, ", or "), worst.Found)
}
