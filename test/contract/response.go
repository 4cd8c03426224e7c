package contract

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/kycstart/kycstart/test/internal/schemacheck"
)

// Response judges a provider's response to an operation, which is named by its
// operationId, or empty for the start: status, content type, headers and body. It
// returns nothing if all is as the provider's document says. Values that the
// document lists are the only ones here, although a client does well to expect
// others.
func Response(provider, operation string, status int, header http.Header, body []byte) []Violation {
	all := endpoints()[provider]
	if len(all) == 0 {
		return unknownProvider(provider, InResponse)
	}
	i := slices.IndexFunc(all, func(e *endpoint) bool { return operation == "" || e.operation.OperationID == operation })
	if i < 0 {
		return unjudged(provider, InResponse, "one of "+strings.Join(Operations(provider), ", "), "an operation without a specification")
	}
	e := all[i]
	f := e.findings(InResponse)
	if judge := e.responseHead(f, status, header); judge != nil {
		judge(f, body)
	}
	return f.list
}

// responseHead judges everything but the body, and returns the judge of that,
// nil if any body will do or none can be judged.
func (e *endpoint) responseHead(f *findings, status int, header http.Header) judge {
	ref := e.operation.Responses.Status(status)
	if ref == nil {
		f.add("status", "one of "+strings.Join(slices.Sorted(maps.Keys(e.operation.Responses.Map())), ", "), strconv.Itoa(status))
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(ref.Value.Headers)) {
		declared := ref.Value.Headers[name].Value
		switch values := header.Values(name); {
		case len(values) == 1:
			f.text("header:"+name, declared.Schema.Value, values[0])
		case len(values) > 1:
			f.add("header:"+name, "one value", schemacheck.Count(len(values)))
		case declared.Required:
			f.add("header:"+name, "a header", schemacheck.Count(0))
		}
	}
	switch content := ref.Value.Content; {
	case status == http.StatusNoContent:
		return noBody
	case len(content) == 0:
		return nil // an answer of no documented form: any will do
	default:
		return f.content(header, content)
	}
}
