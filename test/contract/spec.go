package contract

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/specs"
)

// Providers returns the names of the providers that can be judged, in
// alphabetical order: one for each embedded document that has an operation.
func Providers() []string {
	return slices.Sorted(maps.Keys(endpoints()))
}

// Spec returns the validated document of a provider, nil if there is none. It
// is the document that Request and Response judge by: it must not be changed.
func Spec(provider string) *openapi3.T {
	if e := endpoints()[provider]; e != nil {
		return e.doc
	}
	return nil
}

// endpoints loads the embedded documents once. A document that does not load is
// a fault of this module that no caller can handle, hence the panic.
var endpoints = sync.OnceValue(func() map[string]*endpoint {
	all, err := load(specs.Files)
	if err != nil {
		panic(err)
	}
	return all
})

// load reads every document that has an operation. (The schema of the facade's
// own outcome is embedded beside them, and has none.)
func load(files fs.FS) (map[string]*endpoint, error) {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, fmt.Errorf("contract: %w", err)
	}
	all := make(map[string]*endpoint, len(names))
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
		if all[provider], err = newEndpoint(provider, doc); err != nil {
			return nil, fmt.Errorf("contract: %s: %w", name, err)
		}
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
	if err := doc.Validate(context.Background(), openapi3.EnableSchemaFormatValidation()); err != nil {
		return nil, err
	}
	err = doc.WalkSchemas(func(pointer string, ref *openapi3.SchemaRef) error {
		s := ref.Value
		if s.Type.Is(openapi3.TypeString) && s.Format != "" && formats[s.Format] == nil {
			return fmt.Errorf("%s: no check for the format %s", pointer, s.Format)
		}
		return errors.Join(holds(pointer+"/example", s, s.Example), holds(pointer+"/default", s, s.Default))
	})
	return doc, err
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
