package contract

import (
	"strings"

	"github.com/kycstart/kycstart/test/internal/schemacheck"
)

// The two halves of an exchange, for Violation.In.
const (
	InRequest  = "request"
	InResponse = "response"
)

// A Violation is one point in which an exchange breaks its specification. It may be logged. It says
// what was expected and of which kind the thing found is, but never a value from a body, a header,
// a path or a query. It repeats only one thing from the exchange: the name of an undocumented
// property or query parameter, if that is a plain name of at most forty letters, digits and
// underscores. Any other name, and every key of a map, is shown as a star.
type Violation struct {
	// Provider and Operation name the specification and the operationId. They are empty if the
	// exchange is with none of the providers.
	Provider  string
	Operation string

	// In is InRequest or InResponse.
	In string

	// Pointer says where: a JSON pointer into the body ("" is the whole body), or "method", "path",
	// "status", "path:<parameter>", "query:<parameter>" or "header:<name>". It is "operation" if the
	// exchange belongs to no operation of the documents, and so is not judged.
	Pointer string

	// Expected is what the specification wants at that place.
	Expected string

	// Found is what is there: its type and its length.
	Found string

	// Unchecked says that this is not a violation: a part of the exchange could not be judged, and
	// Found says why.
	Unchecked bool
}

// String returns the violation in one line.
func (v Violation) String() string {
	var where []string
	for _, s := range []string{v.Provider, v.Operation, v.In, v.Pointer} {
		if s != "" {
			where = append(where, s)
		}
	}
	verdict := ": expected "
	if v.Unchecked {
		verdict = ": not checked: expected "
	}
	return strings.Join(where, " ") + verdict + v.Expected + ", found " + v.Found
}

// findings collects the violations in one half of one exchange.
type findings struct {
	provider, operation, in string
	list                    []Violation
}

func (f *findings) add(pointer, expected, found string) {
	f.list = append(f.list, Violation{f.provider, f.operation, f.in, pointer, expected, found, false})
}

func (f *findings) unchecked(pointer, expected, found string) {
	f.list = append(f.list, Violation{f.provider, f.operation, f.in, pointer, expected, found, true})
}

func (f *findings) misfits(base string, all []schemacheck.Misfit) {
	for _, m := range all {
		f.add(base+m.Pointer, m.Expected, m.Found)
	}
}
