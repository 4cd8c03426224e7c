package sandbox_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

func wantError(t *testing.T, err error, kind facade.Kind, started facade.Started, status int) {
	t.Helper()
	e, ok := err.(*facade.Error)
	if !ok {
		t.Fatalf("error %v, want %s", err, kind)
	}
	if e.Kind != kind || e.Started != started || e.HTTPStatus != status {
		t.Errorf("%v, want %s, started: %s, HTTP status %d", e, kind, started, status)
	}
}

// verdict is what a call comes to. No kind is for a Result.
type verdict struct {
	kind    facade.Kind
	started facade.Started
	status  int
}

// wanted returns what the want of a fixture says.
func wanted(t *testing.T, name string) verdict {
	t.Helper()
	c, err := fixtures.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	v, err := c.Verdict()
	if err != nil {
		t.Fatal(err)
	}
	return verdict{v.Kind, v.Started, c.Status}
}

// TestFaults demands the outcome of each fault at each provider.
func TestFaults(t *testing.T) {
	everywhere := map[string]verdict{
		sandbox.FaultLostReply:         {facade.KindUnavailable, facade.StartedUnknown, 0},
		sandbox.Fault502HTML:           {facade.KindUnavailable, facade.StartedUnknown, http.StatusBadGateway},
		sandbox.FaultConnectionRefused: {facade.KindUnavailable, facade.StartedNo, 0},
	}
	s := sandbox.New(t)
	c := client(t, s.Config())
	for _, d := range fixtures.Descriptors() {
		p := d.Provider
		for fault, w := range everywhere {
			s.Use(p, fault)
			_, err := c.Start(context.Background(), fixtures.Start(p))
			wantError(t, err, w.kind, w.started, w.status)
		}
		s.Use(p, sandbox.FaultCutBody)
		_, err := c.Start(context.Background(), fixtures.Start(p))
		cut := d.Success.Bare
		if wanted(t, cut).kind == "" { // has no body
			cut = d.Refusal.Bare
		}
		w := wanted(t, cut)
		wantError(t, err, w.kind, w.started, w.status)
	}
}

func TestSlowEndsWithTheClient(t *testing.T) {
	s := sandbox.New(t)
	s.Use(facade.Vault, sandbox.FaultSlow)
	c := client(t, s.Config(facade.Vault))
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	arrival := s.Arrival(facade.Vault)
	go func() {
		<-arrival
		cancel()
	}()
	_, err := c.Start(ctx, fixtures.Start(facade.Vault))
	wantError(t, err, facade.KindCanceled, facade.StartedUnknown, 0)
}

// TestSlowEndsWithTheSandbox also demands that closing is no answer.
func TestSlowEndsWithTheSandbox(t *testing.T) {
	var r recorder
	s := sandbox.New(&r)
	c := client(t, s.Config(facade.Qolo))
	arrival, closed := s.Arrival(facade.Qolo), make(chan struct{})
	go func() {
		defer close(closed)
		<-arrival
		s.Close()
	}()
	_, err := c.Start(context.Background(), request(facade.Qolo, s.Customer(facade.Qolo, sandbox.FaultSlow)))
	wantError(t, err, facade.KindUnavailable, facade.StartedUnknown, 0)
	<-closed
	wantFailures(t, r.end())
}

// TestConnectionRefused demands that it is refused once a turn, and that an
// application with a client of its own is told what it needs.
func TestConnectionRefused(t *testing.T) {
	s := sandbox.New(t)
	c := client(t, s.Config(facade.Forte))
	s.Use(facade.Forte, sandbox.FaultConnectionRefused, "forte/201_started")
	_, err := c.Start(context.Background(), fixtures.Start(facade.Forte))
	wantError(t, err, facade.KindUnavailable, facade.StartedNo, 0)
	if _, err := c.Start(context.Background(), fixtures.Start(facade.Forte)); err != nil {
		t.Errorf("the second call: %v", err)
	}

	config := s.Config(facade.Forte)
	config.HTTPClient = nil
	config.Forte.BaseURL = s.UnreachableURL()
	_, err = client(t, config).Start(context.Background(), fixtures.Start(facade.Forte))
	wantError(t, err, facade.KindUnavailable, facade.StartedNo, 0)
}

func TestConnectionRefusedNeedsItsClient(t *testing.T) {
	var r recorder
	s := sandbox.New(&r)
	config := s.Config(facade.Forte)
	config.HTTPClient = nil
	c := client(t, config)
	s.Use(facade.Forte, sandbox.FaultConnectionRefused)
	_, err := c.Start(context.Background(), fixtures.Start(facade.Forte))
	wantError(t, err, facade.KindUnavailable, facade.StartedUnknown, 0)
	wantFailures(t, r.end(), "fault/connection_refused needs the client of Sandbox.HTTPClient")
}
