package facade

// Reconciliation says how an unknown start is settled at a provider: by what
// means the merchant finds out whether a process exists.
type Reconciliation struct {
	// Lookup is the provider's call that tells, empty if none is documented. The
	// library does not make it.
	Lookup string
	// Push is what the provider sends by itself, empty if nothing is documented.
	Push string
	// Otherwise is what is left where neither helps.
	Otherwise string
}

// Reconcile returns how an unknown start is settled at p, from the provider's
// public documentation. It is the zero value for no provider of this package.
func (p Provider) Reconcile() Reconciliation { return reconciliations[p] }

const askSupport = "the provider's dashboard or support"
