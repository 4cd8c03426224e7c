package evidence

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// answerCalled returns the answer of a fixture.
func answerCalled(t *testing.T, name string) Answer {
	t.Helper()
	c, err := fixtures.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return FromFixture(c)
}

var errBeside = errors.New("an error beside the answer")

// TestExchange has the same whole refusal come in different ways: it is one only over
// a single fresh connection, with nothing beside it.
func TestExchange(t *testing.T) {
	for _, c := range []struct {
		name    string
		change  func(a *Answer, play *replay.Answer)
		started facade.Started
		cause   error
	}{
		{"in good order", func(*Answer, *replay.Answer) {}, facade.StartedNo, nil},
		{"over a used connection", func(_ *Answer, play *replay.Answer) { play.Connections = []bool{true} }, facade.StartedUnknown, nil},
		{"over a second connection", func(_ *Answer, play *replay.Answer) { play.Connections = []bool{false, false} }, facade.StartedUnknown, nil},
		{"over a second connection, after a used one", func(_ *Answer, play *replay.Answer) { play.Connections = []bool{true, false} }, facade.StartedUnknown, nil},
		{"over nothing that is told of", func(_ *Answer, play *replay.Answer) { play.Connections = []bool{} }, facade.StartedUnknown, nil},
		{"with an error beside it", func(_ *Answer, play *replay.Answer) { play.Err = errBeside }, facade.StartedUnknown, errBeside},
		{"with a body that fails behind its last byte", func(a *Answer, play *replay.Answer) {
			a.Whole = false
			*play = a.Play()
		}, facade.StartedUnknown, errCut},
	} {
		for _, d := range fixtures.Descriptors() {
			t.Run(c.name+" from "+string(d.Provider), func(t *testing.T) {
				a := answerCalled(t, d.Refusal.Name)
				play := a.Play()
				c.change(&a, &play)
				res, err := replayed(a, play)
				var e *facade.Error
				if !errors.As(err, &e) {
					t.Fatalf("%v, %v", res, err)
				}
				if e.HTTPStatus != a.Status || e.Started != c.started {
					t.Errorf("HTTP %d, started %s, want HTTP %d, started %s: %v", e.HTTPStatus, e.Started, a.Status, c.started, e)
				}
				if c.cause != nil && !errors.Is(err, c.cause) {
					t.Errorf("%v hides %v", err, c.cause)
				}
			})
		}
	}
}

// TestStartWithErrorBeside: of a start that comes with an error beside it, the status
// is kept, and nobody says no.
func TestStartWithErrorBeside(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		p, a := d.Provider, answerCalled(t, d.Success.Name)
		play := a.Play()
		play.Err = errBeside
		res, err := replayed(a, play)
		if lie := Judge(a, res, err); lie != "" {
			t.Errorf("%s: %s", p, lie)
		}
		if err != nil && !errors.Is(err, errBeside) {
			t.Errorf("%s: %v hides %v", p, err, errBeside)
		}
	}
}

// oneRead is how long a read of a hesitant body takes.
const oneRead = time.Millisecond

// hesitant is a body of which every read takes a while and gives nothing, and no
// error. It gives up at last, for a test that must end.
type hesitant struct{ reads int }

func (h *hesitant) Read([]byte) (int, error) {
	if h.reads++; h.reads > 400_000 {
		return 0, errors.New("read for ever")
	}
	<-time.After(oneRead)
	return 0, nil
}

// TestBodyOfNothing has a body that neither comes nor ends: the call ends with its
// deadline, by a fake clock, or before it.
func TestBodyOfNothing(t *testing.T) {
	for _, d := range fixtures.Descriptors() {
		for _, name := range []string{d.Refusal.Name, d.Success.Name} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					a := answerCalled(t, name)
					a.Whole = false
					body := new(hesitant)
					began := time.Now()
					e := replay.Start(d.Request, replay.Answer{Status: a.Status, Header: a.Header, Reader: body})
					deadline := d.Timeout
					if took := time.Since(began); took > deadline+oneRead {
						t.Errorf("ended after %s and %d reads, want %s", took, body.reads, deadline)
					}
					a.Body = nil
					if lie := Judge(a, e.Result, e.Err); lie != "" {
						t.Error(lie)
					}
				})
			})
		}
	}
}

// TestRules demands rules for every provider: without them, nobody is held to anything.
func TestRules(t *testing.T) {
	for _, p := range fixtures.Providers() {
		if _, ok := rulesOf[p]; !ok {
			t.Errorf("%s: write what its answers prove in test/behaviour/evidence/%s.go, after vault.go, and name it in rulesOf of providers.go", p, p)
		}
	}
}
