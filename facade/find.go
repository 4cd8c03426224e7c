package facade

import (
	"context"
	"net/http"
	"slices"
	"time"
)

// Answer answers one of the two questions of a [Finding].
type Answer int

// The answers of a look-up.
const (
	// AnswerUnknown is the zero value: nothing that was read decides it.
	AnswerUnknown Answer = iota
	// AnswerNo was true when the provider answered; see [Client.Find] for when it may
	// be acted upon.
	AnswerNo
	// AnswerYes is said on evidence alone; see [Finding.Basis].
	AnswerYes
)

// String returns "unknown", "no" or "yes".
func (a Answer) String() string { return Started(a).String() }

// MarshalText implements [encoding.TextMarshaler].
func (a Answer) MarshalText() ([]byte, error) { return Started(a).MarshalText() }

// UnmarshalText implements [encoding.TextUnmarshaler]. It takes what String returns,
// and fails on anything else.
func (a *Answer) UnmarshalText(text []byte) error { return (*Started)(a).UnmarshalText(text) }

// Attempt is what a caller keeps of a start, for [Client.Find]. All of it is optional;
// without it, only whether a process exists can be answered. It prints and logs At; as
// JSON it has the schema Attempt of specs/normalized.yaml.
type Attempt struct {
	// At is when [Client.Start] was called, taken before the call from the same clock
	// that the look-up will see. How far the provider's clock is off is measured by the
	// Date header of its answer (Qolo and Rebilly).
	At time.Time `json:"at,omitzero"`
	// ID is the process that the answer to the start named, from [Error.ID] (Rebilly).
	ID string `json:"id,omitempty"`
	// Unique tells that no other start, of this or another customer, has the same
	// RedirectURL and Reason: a random text in the query of the RedirectURL sees to
	// that (Rebilly).
	Unique bool `json:"unique,omitempty"`
	// Before is a finding of the same customer from just before the start, read while no
	// other start was under way (X Gateway and Vault, whose answers have no date).
	Before *Finding `json:"before,omitempty"`
}

// Finding is what a look-up tells of a start. It answers two questions apart, each
// with yes, no or unknown.
//
// It prints and logs as provider, answers, basis, status, HTTP status and request id. A
// pointer to it marshals as JSON, by the schema Finding of specs/normalized.yaml, and
// is read back; what may be stored or logged as JSON is [Finding.Redacted].
type Finding struct {
	Provider Provider `json:"provider"`
	// Exists tells whether a process exists for the customer, whoever created it.
	Exists Answer `json:"exists"`
	// ThisAttempt tells whether this attempt created it.
	ThisAttempt Answer `json:"this_attempt"`
	// Basis is what the two answers rest on, in a sentence of this package's own.
	Basis string `json:"basis"`
	// Status is how the process stands; empty if nothing tells.
	Status Status `json:"status,omitempty"`
	// ProviderStatus is the provider's own word, whatever the answers are.
	ProviderStatus string `json:"provider_status,omitempty"`
	// ID is the provider's identifier of the process. Only Rebilly gives one.
	ID string `json:"id,omitempty"`
	// CustomerID is the customer who was asked for, as this provider knows them. For
	// Vault it is the subject of the token, which was not verified.
	CustomerID string `json:"customer_id,omitempty"`
	// Level is as in a [Result], and for Vault the level that was reached.
	Level string `json:"level,omitempty"`
	// Checks are what the provider tells of its checks (Qolo).
	Checks []Check `json:"checks,omitempty"`
	// Next is how to go on with the process; its kind is empty if there is none.
	Next NextStep `json:"next,omitzero"`
	// Time is when the process was created (Rebilly), or the newest check was made
	// (Qolo), by the provider's clock; zero if not told.
	Time time.Time `json:"time,omitzero"`
	// ExpiresAt is when the process or its link ends; zero if not told.
	ExpiresAt time.Time `json:"expires_at,omitzero"`
	// RequestID is the answer's x-request-id header, if it had one.
	RequestID  string `json:"request_id,omitempty"`
	HTTPStatus int    `json:"http_status"`
	// Documented tells whether the provider documents this HTTP status with this
	// content type.
	Documented bool `json:"documented"`

	answer  *answer
	payload func(a *answer, target any) bool
}

// As stores the answer in target, if target points to the generated type that the
// provider documents for it, and reports whether it did. The types are vault.KYCData,
// xgateway.KYCApplicationDetailsResponse, qolo.KYCDetails and, for the one process that
// the finding tells of, rebilly.KYCRequest. Members that the provider does not document
// are in [Finding.RawBody].
func (f *Finding) As(target any) bool {
	return f != nil && f.payload != nil && f.payload(f.answer, target)
}

// RawBody returns the body of the answer as it came, of Rebilly's list the last page.
// It may hold tokens and personal data.
func (f *Finding) RawBody() []byte {
	if f == nil {
		return nil
	}
	return f.answer.rawBody()
}

// RawHeader returns the header of the answer. It may hold tokens.
func (f *Finding) RawHeader() http.Header {
	if f == nil {
		return nil
	}
	return f.answer.rawHeader()
}

// finder is what the requests to providers with a look-up are besides. It is no part
// of Request: its code would be in every program that starts.
type finder interface {
	endpoint(c *Client) *endpoint
	// checkFind notes what is wrong with what the look-up takes of the request, and with
	// the attempt.
	checkFind(in *input, attempt Attempt)
	// find asks the provider. The endpoint is the look-up's own.
	find(ctx context.Context, c *Client, e *endpoint, attempt Attempt) (*Finding, *Error)
}

// Find asks the provider, by a call that only reads, how the customer of a request
// stands, and tells what that says of one attempt to start. It settles a start whose
// outcome is unknown; see [Finding] for what it answers.
//
// Of the request it takes who the customer is: CustomerID and, of a unique attempt,
// RedirectURL and Reason (Rebilly), PersonGUID (Qolo), ID (X Gateway), and Token, for
// which a newer one of the same customer does (Vault). Forte has no such call: there
// the error is of KindInvalidRequest, and nothing is sent.
//
// A no, to either question, is what was true at that moment. No provider promises that a
// start is visible at once, and one whose reply was lost may still be on its way. So to
// start again takes two noes: the attempt is surely over, a period of grace has gone by,
// and a second look-up says no again; see the example. Without a no there is no reason
// to start again. If Exists is yes and ThisAttempt no, the customer has a process that
// somebody else began: whether it will do is for you to say.
//
// The answers rest on what the providers document, except that these are
// inferred: that Rebilly's list can be filtered by customer and is empty without a
// process; that a change of X Gateway's or Vault's status since [Attempt.Before] comes
// from this attempt; that X Gateway's PENDING_KYC_DATA, an hour after the attempt, tells
// that it came to nothing; that questions of Qolo's, dated within 15 minutes of the
// attempt, come from it.
//
// An error is an *Error, and says that the answer cannot be used: a refusal, a rate
// limit, a fault, a body that is cut or mistyped, or that names another customer. It
// tells nothing of the start: its Started is unknown, always, and so SafeToRetry reports
// false. Find itself may be called again, after [Error.RetryAfter]; it repeats nothing.
// An answer over a transport that gives no evidence, on a connection that was used
// before, or from a cache never says no, but unknown.
//
// Timeouts are as for Start, except that X Gateway gets 30 seconds as well. At Rebilly it
// may take several calls, one for each hundred processes, eleven at most.
func (c *Client) Find(ctx context.Context, request Request, attempt Attempt) (*Finding, error) {
	finding, err := c.look(ctx, request, attempt)
	if err != nil {
		err.Started = evidence{}.started() // a look-up is no evidence of a start
		return nil, err
	}
	return finding, nil
}

func (c *Client) look(ctx context.Context, request Request, attempt Attempt) (*Finding, *Error) {
	if err := c.usable(ctx, request); err != nil {
		return nil, err
	}
	p := request.Provider()
	r, ok := request.byValue().(finder)
	if !ok {
		return nil, refuse(p, "request", "must be to a provider that can be asked: Find is not supported for "+string(p))
	}
	if r.endpoint(c) == nil {
		return nil, notConfigured(p)
	}
	var in input
	if attempt.Before != nil {
		in.must(attempt.Before.Provider == p, "attempt.before", "must be a finding of the same provider")
	}
	r.checkFind(&in, attempt)
	if err := in.err(p); err != nil {
		return nil, err
	}
	e := *r.endpoint(c)
	e.timeout, e.starts, e.elsewhere = defaultTimeout, 0, nil
	// An empty list and a "not found" name nobody, also where other answers do.
	e.transport, e.freshConnection = c.transports.fresh, true
	ctx, cancel := e.deadline(ctx)
	defer cancel()
	f, err := r.find(ctx, c, &e, attempt)
	if err != nil {
		return nil, err
	}
	if (f.Exists == AnswerNo || f.ThisAttempt == AnswerNo) && !f.answer.firsthand() {
		f.Basis = "It may be an older answer, so its no does not count."
		if f.Exists == AnswerNo {
			f.Exists = AnswerUnknown
		}
		if f.ThisAttempt == AnswerNo {
			f.ThisAttempt = AnswerUnknown
		}
	}
	return f, nil
}

// ask sends the request of a look-up, as a generated builder gave it.
func (e *endpoint) ask(ctx context.Context, req *http.Request, err error, prepare func(http.Header)) (*reading, *Error) {
	out, failed := e.built(ctx, req, err)
	if failed != nil {
		return nil, failed
	}
	out.Header.Set("Cache-Control", "no-cache")
	if prepare != nil {
		prepare(out.Header)
	}
	asked := time.Now()
	a, failed := e.send(ctx, out)
	if failed != nil {
		return nil, failed
	}
	return &reading{a, asked, time.Now()}, nil
}

// reading is the answer to a look-up.
type reading struct {
	*answer
	asked, answered time.Time
}

// finding begins the Finding of an answer.
func (r *reading) finding(customerID string) *Finding {
	return &Finding{
		Provider:   r.provider,
		CustomerID: customerID,
		RequestID:  r.requestID(),
		HTTPStatus: r.status,
		Documented: r.documented,
		answer:     r.answer,
	}
}

// firsthand reports whether the answer is to this call: not to another one on the same
// connection, and not from a cache.
func (a *answer) firsthand() bool {
	age := a.header.Get("Age")
	return a.evidence.oneFreshConnection() && (age == "" || age == "0")
}

// says gives a finding its two answers.
func (f *Finding) says(exists, thisAttempt Answer, basis string) *Finding {
	f.Exists, f.ThisAttempt, f.Basis = exists, thisAttempt, basis
	return f
}

// denied returns what a "not found" says, if it is the provider's own, and otherwise
// the error, which it is part of.
func (r *reading) denied(err *Error, isDenial bool, customerID string, thisAttempt Answer, basis string) (*Finding, *Error) {
	if isDenial && r.status == http.StatusNotFound && err.Started == StartedNo {
		return r.finding(customerID).says(AnswerNo, thisAttempt, basis), nil
	}
	return nil, err
}

// standing is what a provider's word for a status tells.
type standing struct {
	exists, thisAttempt Answer
	basis               string
	status              Status
	next                NextStepKind
	// since are the words before the start from which a change to this one comes from
	// the start, and sinceBasis is the basis then.
	since      []string
	sinceBasis string
}

// stands gives a finding what its word tells. before is what was read before the
// start, nil for nothing.
func (f *Finding) stands(s standing, before *Finding) *Finding {
	f.Status, f.Next.Kind = s.status, s.next
	if before != nil {
		if slices.Contains(s.since, before.ProviderStatus) {
			if f.Next.Kind == "" {
				f.Next.Kind = NextAwaitCallback
			}
			return f.says(AnswerYes, AnswerYes, s.sinceBasis)
		}
	}
	return f.says(s.exists, s.thisAttempt, s.basis)
}

// noID demands that the attempt has no id.
func (in *input) noID(attempt Attempt) {
	in.must(attempt.ID == "", "attempt.id", "must be empty: only Rebilly names a process")
}

// sameCustomer demands that a finding from before the start is of this customer.
func (in *input) sameCustomer(before *Finding, customerID string) {
	in.must(before == nil || before.CustomerID == customerID, "attempt.before", "must be a finding of the same customer")
}
