// Package shop is a service that uses the library as its users do: it starts KYC for customers who
// ask for it, once each, and stores the outcome. Only its tests use the sandbox. Copy what you
// need.
package shop

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"

	"github.com/kycstart/kycstart/facade"
)

// Shop serves POST /kyc?customer=<id>.
type Shop struct {
	KYC     *facade.Client
	Store   *Store
	Request func(customer string) facade.Request
	Log     *slog.Logger
	Starts  metric.Int64Counter
}

// ServeHTTP sends the customer on to the provider, or answers with what they may see.
func (s *Shop) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	customer := r.FormValue("customer")
	req := s.Request(customer)
	first, err := s.Store.Begin(r.Context(), customer, req)
	if err != nil || !first {
		s.Log.Warn("kyc not sent", "customer", customer, "first", first, "error", err)
		w.WriteHeader(http.StatusConflict) // one start for each customer, whatever the outcome was
		return
	}
	status, view := s.start(r.Context(), customer, req)
	w.Header().Set("Content-Type", "application/json")
	if view.Next.Kind == facade.NextRedirect {
		w.Header().Set("Location", view.Next.URL.Reveal())
		status = http.StatusSeeOther
	}
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(view) // the customer may have left
}

// start makes the call for a customer who is stored as Sending. It stores, counts and logs the
// outcome, and returns what to answer the customer.
func (s *Shop) start(ctx context.Context, customer string, req facade.Request) (int, facade.CustomerView) {
	// A browser that leaves must not end the call: nobody would know whether that start happened.
	// The time also suffices to store the outcome.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 6*time.Minute)
	defer cancel()

	res, err := s.KYC.Start(ctx, req)
	var failed *facade.Error
	errors.As(err, &failed) // Start returns no other error
	status, view, record, outcome := http.StatusOK, res.CustomerView(), any(res.Redacted()), "result"
	state, due := Started, time.Now()
	if err != nil {
		view, record, outcome = failed.CustomerView(), failed.Redacted(), string(failed.Kind)
		switch {
		case failed.SafeToRetry():
			status, state, due = http.StatusAccepted, Queued, due.Add(max(failed.RetryAfter, time.Minute))
		case failed.Started == facade.StartedNo:
			status, state = failed.Kind.HTTPStatus(), Failed
		default: // starting again could be a second start, so support must look it up
			status, state = http.StatusAccepted, Unknown
			s.Log.Warn("kyc unknown", "customer", customer, "advice", failed.Provider.Reconcile().String())
		}
	}
	s.Log.Info("kyc", "customer", customer, "state", state, "result", res, "error", err)
	s.Starts.Add(ctx, 1, metric.WithAttributes(attribute.String("provider", string(req.Provider())),
		attribute.String("outcome", outcome), attribute.String("started", facade.StartedOf(err).String())))
	if err := s.Store.End(ctx, customer, state, due, record); err != nil {
		s.Log.Error("kyc outcome not stored", "customer", customer, "error", err) // and Unknown when the store is opened again
	}
	return status, view
}

// Retry repeats the starts that are due again. Call it about every minute.
func (s *Shop) Retry(ctx context.Context) error {
	for {
		customer, req, err := s.Store.Next(ctx)
		if err != nil || req == nil {
			return err
		}
		s.start(ctx, customer, req)
	}
}
