package facade

import "strings"

// Reconciliation tells how to find out at a provider whether a KYC process exists,
// after an unknown start. It prints as a sentence.
type Reconciliation struct {
	// Method and Path are of the provider's read-only call that tells how a customer
	// stands, such as GET and "/kyc-requests", behind the base URL of the start and
	// with its credential; empty if the provider has none. The path has its
	// parameters in braces, as the provider's documentation writes them.
	Method, Path string
	// Parameters are what goes into the path and the query.
	Parameters []Parameter
	// Push is what the provider sends by itself, empty if nothing is documented.
	Push string
	// Otherwise is what is left where neither helps.
	Otherwise string
}

// Parameter is one parameter of a call.
type Parameter struct {
	// In is "path" or "query".
	In string
	// Name is the parameter's, such as "person_guid".
	Name string
	// Value is what it is given, with fields of the start's request and of the
	// provider's configuration in braces, such as "customerId:{CustomerID}".
	Value string
}

// String returns what to do in a sentence, without a full stop.
func (r Reconciliation) String() string {
	var ways []string
	if r.Path != "" {
		call := new(strings.Builder)
		call.WriteString("ask " + r.Method + " " + r.Path)
		for i, p := range r.Parameters {
			separator := ", "
			if i == 0 {
				separator = " with "
			}
			call.WriteString(separator + p.Name + " = " + p.Value)
		}
		ways = append(ways, call.String())
	}
	if r.Push != "" {
		ways = append(ways, "wait for "+r.Push)
	}
	if r.Otherwise != "" {
		ways = append(ways, "ask "+r.Otherwise)
	}
	return strings.Join(ways, ", or ")
}

// Reconcile returns how to find out at p whether a process exists, from the provider's
// public documentation beside that of the start: by the call that [Client.Find] makes
// and judges, and by what is left where that is not enough. It is the zero value for no
// provider of this package.
func (p Provider) Reconcile() Reconciliation { return reconciliations[p] }

const askSupport = "the provider's support, with the request id if there is one"
