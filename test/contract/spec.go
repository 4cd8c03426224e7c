package contract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/specs"
)

// Providers returns the names of the providers that can be judged, in
// alphabetical order: one for each embedded document that has an operation.
func Providers() []string {
	return slices.Sorted(maps.Keys(documents()))
}

// Spec returns the validated document of a provider, nil if there is none. It
// is the document that Request and Response judge by: it must not be changed.
func Spec(provider string) *openapi3.T { return documents()[provider].spec }

// Operations returns the operationIds of a provider's document: first the start,
// which is the one that posts, and then the look-ups, in alphabetical order. It
// returns nothing if there is no such document.
func Operations(provider string) (all []string) {
	for _, e := range documents()[provider].endpoints {
		all = append(all, e.operation.OperationID)
	}
	return all
}

// OperationOf returns the operationId of the operation that a request to a
// provider is for, by its method and path, and nothing if it is for none.
func OperationOf(provider string, r *http.Request) string {
	if e, fits := nearest(documents()[provider].endpoints, r); fits {
		return e.operation.OperationID
	}
	return ""
}

// document is a provider's document.
type document struct {
	spec      *openapi3.T
	endpoints []*endpoint
}

// endpoint returns the endpoint of an operation, nil if there is none.
func (d document) endpoint(operation string) *endpoint {
	if operation == "" {
		return d.endpoints[0]
	}
	for _, e := range d.endpoints {
		if e.operation.OperationID == operation {
			return e
		}
	}
	return nil
}

// documents loads the embedded documents once. A document that does not load is
// a fault of this module that no caller can handle, hence the panic.
var documents = sync.OnceValue(func() map[string]document {
	all, err := load(specs.Files)
	if err != nil {
		panic(err)
	}
	return all
})

// load reads every document that has an operation. (The schema of the facade's
// own outcome is embedded beside them, and has none.)
func load(files fs.FS) (map[string]document, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	all := make(map[string]document, len(names))
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("contract: %w", err)
		}
		doc, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("contract: %s: %w", name, err)
		}
		if doc.Paths.Len() == 0 {
			continue
		}
		provider := strings.TrimSuffix(name, ".yaml")
		endpoints, err := newEndpoints(provider, doc)
		if err != nil {
			return nil, fmt.Errorf("contract: %s: %w", name, err)
		}
		all[provider] = document{doc, endpoints}
	}
	return all, nil
}

// parse returns the document, validated, with every example and default held to
// its schema. The validation of kin-openapi alone knows the formats of strings
// only through a registry that the whole process shares; the second walk knows
// them without it, and holds examples to closed objects as well.
func parse(text []byte) (*openapi3.T, error) {
	doc, err := openapi3.NewLoader().LoadFromData(text)
	if err != nil {
		return nil, err
	}
	if err := doc.WalkSchemas(checkable); err != nil {
		return nil, err
	}
	if err := doc.Validate(context.Background(), openapi3.EnableSchemaFormatValidation()); err != nil {
		return nil, err
	}
	err = doc.WalkSchemas(func(pointer string, ref *openapi3.SchemaRef) error {
		s := ref.Value
		return errors.Join(holds(pointer+"/example", s, s.Example), holds(pointer+"/default", s, s.Default))
	})
	return doc, err
}

// checkable says whether the format of a text is one of those that are checked.
// It is asked before the validation of kin-openapi, which would name the schema
// around the property alone.
func checkable(pointer string, ref *openapi3.SchemaRef) error {
	s := ref.Value
	if s == nil || !s.Type.Is(openapi3.TypeString) || s.Format == "" || formats[s.Format] != nil {
		return nil
	}
	return fmt.Errorf("%s: no check for the format %s, there are: %s", pointer, s.Format, strings.Join(slices.Sorted(maps.Keys(formats)), ", "))
}

// holds says whether a value of a document, nil being none, fits its schema.
func holds(pointer string, s *openapi3.Schema, value any) error {
	if value == nil {
		return nil
	}
	var f findings
	f.value(pointer, s, value)
	if len(f.list) > 0 {
		return errors.New(f.list[0].String())
	}
	return nil
}

// unknownProvider is the answer about a provider that has no document.
func unknownProvider(provider, in string) []Violation {
	f := findings{provider: provider, in: in}
	f.unchecked("", "one of "+strings.Join(Providers(), ", "), "a provider without a specification")
	return f.list
}

// unknownOperation is the answer about an operation that the document has not.
func unknownOperation(provider, operation, in string) []Violation {
	f := findings{provider: provider, operation: operation, in: in}
	f.unchecked("", "one of "+strings.Join(Operations(provider), ", "), "an operation without a specification")
	return f.list
}
