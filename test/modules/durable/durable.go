// Package durable starts KYC from a job queue. Each customer is started at most once, although
// workers are killed, machines are lost, and the queue repeats jobs that did not report back. The
// queue is River, on SQLite or on Postgres. Copy what you need.
//
// Each start has a row, the intent, which prevents a second start. It says "sending" before the
// call. Whoever finds it so later knows that the call may have been made, and looks it up instead
// of making it.
package durable

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/riverqueue/river"

	"github.com/kycstart/kycstart/facade"
)

// Job is all that the queue knows of a start: the customer and the provider. The rest is in the
// intent.
type Job struct {
	Customer string          `json:"customer"`
	Provider facade.Provider `json:"provider"`

	notBefore time.Time // when it may run again, if the provider asked to wait
}

// Kind implements [river.JobArgs].
func (Job) Kind() string { return "kyc_start" }

// InsertOpts implements [river.JobArgsWithInsertOpts]. A killed worker uses up an attempt, too.
func (Job) InsertOpts() river.InsertOpts { return river.InsertOpts{MaxAttempts: 100} }

// Worker runs the jobs.
type Worker struct {
	river.WorkerDefaults[Job]

	KYC     *facade.Client
	Intents *Intents
	// Fetch adds what is not stored, such as a customer's token. The queue stores its errors.
	Fetch func(ctx context.Context, req facade.Request) (facade.Request, error)

	CallTimeout time.Duration // of a start, with the look-up before it
	Pause       time.Duration // before the next attempt, unless the provider asks for a longer one
	Grace       time.Duration // before a look-up counts as a no, and between two of them
	Patience    time.Duration // how long look-ups may decide nothing before a person is asked
}

// Timeout implements [river.Worker]. A start may take CallTimeout, and storing its outcome as long
// again. River repeats nothing before that time is over; see [Open].
func (w *Worker) Timeout(*river.Job[Job]) time.Duration { return 2 * w.CallTimeout }

// NextRetry implements [river.Worker].
func (w *Worker) NextRetry(job *river.Job[Job]) time.Time {
	if next := time.Now().Add(w.Pause); next.After(job.Args.notBefore) {
		return next
	}
	return job.Args.notBefore
}

// Work implements [river.Worker]. The intent decides what to do, not what the queue believes.
func (w *Worker) Work(ctx context.Context, job *river.Job[Job]) error {
	intent, err := w.Intents.Load(ctx, job.Args.Customer, job.Args.Provider)
	switch {
	case err != nil:
		return err
	case intent.State != Waiting && intent.State != Sending:
		return nil // it has ended, but the queue was not told
	case job.Attempt == job.MaxAttempts:
		return w.askPerson(ctx, intent, "it was tried too often")
	case intent.State == Sending:
		return w.settle(ctx, intent)
	default:
		return w.send(ctx, job, intent)
	}
}

// send makes the call of a waiting intent, and stores what became of it.
func (w *Worker) send(ctx context.Context, job *river.Job[Job], intent *Intent) error {
	// A worker that is told to stop finishes its call, which would otherwise be unknown. The time
	// runs from here, so that a suspended process does not send after somebody else.
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), w.Timeout(job))
	defer stop()
	call, cancel := context.WithTimeout(ctx, w.CallTimeout)
	defer cancel()

	intent.Request, intent.Attempt.Unique = mark(intent.Request)
	req, err := w.Fetch(call, intent.Request)
	if err != nil {
		return err
	}
	intent.Attempt.Before = nil
	if p := intent.Provider; p == facade.XGateway || p == facade.Vault { // their look-ups only tell of changes
		if finding, err := w.KYC.Find(call, req, facade.Attempt{}); err == nil {
			intent.Attempt.Before = finding.Redacted()
		}
	}
	intent.Attempt.ID, intent.Attempt.At = "", time.Now()
	if err := w.Intents.Claim(call, intent); err != nil { // "sending", or another worker was faster
		return err
	}

	res, err := w.KYC.Start(call, req)
	var failed *facade.Error
	switch errors.As(err, &failed); {
	case err == nil:
		return w.Intents.Save(ctx, intent, Started, res, "")
	case failed.SafeToRetry():
		job.Args.notBefore = time.Now().Add(failed.RetryAfter)
		return cmp.Or(w.Intents.Save(ctx, intent, Waiting, failed, err.Error()), err)
	case failed.Started == facade.StartedNo:
		return cmp.Or(w.Intents.Save(ctx, intent, Refused, failed, err.Error()), river.JobCancel(err))
	default:
		intent.Attempt.ID = failed.ID
		return cmp.Or(w.Intents.Save(ctx, intent, Sending, failed, err.Error()), river.JobSnooze(w.Grace))
	}
}

// settle finds out what became of an intent that was being sent. It never starts anything; at most
// it lets the intent wait again.
func (w *Worker) settle(ctx context.Context, intent *Intent) error {
	how := intent.Provider.Reconcile()
	if how.Path == "" {
		return w.askPerson(ctx, intent, how.String())
	}
	counts := intent.Attempt.At.Add(w.CallTimeout + w.Grace)
	if wait := time.Until(counts); wait > 0 {
		return river.JobSnooze(wait)
	}
	req, err := w.Fetch(ctx, intent.Request)
	finding, wait := (*facade.Finding)(nil), w.Grace
	if err == nil {
		finding, err = w.KYC.Find(ctx, req, intent.Attempt)
	}
	var failed *facade.Error
	switch {
	case errors.As(err, &failed): // it says nothing about the start
		intent.Noes, wait = 0, max(wait, failed.RetryAfter)
	case err != nil:
		intent.Noes = 0
	case finding.Exists == facade.AnswerYes && finding.ThisAttempt != facade.AnswerNo:
		return w.Intents.Save(ctx, intent, Settled, finding, finding.Basis)
	case finding.Exists == facade.AnswerNo:
		intent.Noes++
	default:
		intent.Noes = 0
	}
	switch {
	case intent.Noes == 2:
		return cmp.Or(w.Intents.Save(ctx, intent, Waiting, finding, finding.Basis), river.JobSnooze(0))
	case intent.Noes == 0 && time.Since(counts) > w.Patience:
		return w.askPerson(ctx, intent, how.String())
	default:
		return cmp.Or(w.Intents.Save(ctx, intent, Sending, nil, ""), river.JobSnooze(wait))
	}
}

// askPerson ends an intent with a task for a person.
func (w *Worker) askPerson(ctx context.Context, intent *Intent, how string) error {
	reason := "it may have started: " + how
	if intent.State == Waiting {
		reason = "it has not started: " + how
	}
	return cmp.Or(w.Intents.Save(ctx, intent, Task, nil, reason), river.JobCancel(errors.New(reason)))
}
