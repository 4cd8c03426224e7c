// Package shop is a small application that uses the library as its users do: a
// shop that sends customers to KYC before they spend more than their limit. Its
// tests use the sandbox, its production code does not know of it.
package shop

import (
	"errors"
	"log/slog"
	"math"
	"net/http"
	"strconv"

	"github.com/kycstart/kycstart/facade"
)

// Shop starts KYC for customers who ask for it with POST, and sends them there.
type Shop struct {
	KYC *facade.Client
	// ReturnURL is where they come back to.
	ReturnURL string
	Log       *slog.Logger
}

// ServeHTTP answers with a redirect to the provider, or with a status that says
// whether the customer may try again.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	res, err := s.KYC.Start(r.Context(), facade.RebillyRequest{
		CustomerID:  r.FormValue("customer"),
		Documents:   []facade.RebillyDocument{{Type: "identity-proof"}},
		RedirectURL: s.ReturnURL,
	})
	if err != nil {
		s.Log.Error("kyc not started", "error", err)
		s.fail(w, err)
		return
	}
	if res.Next.Kind != facade.NextRedirect {
		http.Error(w, "your documents are with us already", http.StatusOK)
		return
	}
	http.Redirect(w, r, res.Next.URL.Reveal(), http.StatusSeeOther)
}

func (s *Shop) fail(w http.ResponseWriter, err error) {
	var kyc *facade.Error
	switch {
	case errors.As(err, &kyc) && kyc.SafeToRetry():
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(kyc.RetryAfter.Seconds()))))
		http.Error(w, "please try again later", http.StatusServiceUnavailable)
	case errors.As(err, &kyc) && kyc.Started != facade.StartedNo:
		http.Error(w, "we will write to you", http.StatusAccepted) // support looks it up first
	default:
		http.Error(w, "this did not work, please ask our support", http.StatusBadGateway)
	}
}
