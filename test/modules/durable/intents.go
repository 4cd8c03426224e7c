package durable

import (
	"context"
	"crypto/cipher"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/kycstart/kycstart/facade"
)

// These are the states of an intent.
const (
	Waiting = "waiting" // certainly not started
	Sending = "sending" // may have started
	Started = "started" // the provider's answer said so; this state and the following ones are final
	Settled = "settled" // a look-up said so: there is a process
	Refused = "refused" // certainly not started, and must not be repeated
	Task    = "task"    // a person must decide
)

// Intents are the rows that say how far each start is. What comes from a request or an answer is
// sealed. Somebody who reads the database, a backup or the queue's own pages learns that there is a
// start, at which provider and how far it is, but nothing about the customer.
type Intents struct {
	DB   *sql.DB
	Seal cipher.AEAD // from [NewSeal]
}

// Intent is one row.
type Intent struct {
	// Customer is the application's own opaque id. It is in clear, here and in the queue.
	Customer string
	Provider facade.Provider
	State    string
	Request  facade.Request
	Attempt  facade.Attempt
	Noes     int // how many look-ups in a row said no

	turn int // counts the attempts; somebody else has taken the intent from a worker with an older one
}

// intentsTable is SQL for both databases. The texts from request on are sealed.
const intentsTable = `CREATE TABLE IF NOT EXISTS kyc_intents (
	customer TEXT NOT NULL, provider TEXT NOT NULL,
	state TEXT NOT NULL, reason TEXT NOT NULL, turn INTEGER NOT NULL, noes INTEGER NOT NULL, changed BIGINT NOT NULL,
	request TEXT NOT NULL, attempt TEXT NOT NULL, outcome TEXT NOT NULL,
	PRIMARY KEY (customer, provider))`

const insertIntent = `INSERT INTO kyc_intents (customer, provider, state, reason, turn, noes, changed, request, attempt, outcome)
	VALUES ($1, $2, 'waiting', '', 0, 0, $3, $4, '', '') ON CONFLICT (customer, provider) DO NOTHING`

// Load reads an intent. If the intent has ended, only its state is left.
func (s *Intents) Load(ctx context.Context, customer string, provider facade.Provider) (*Intent, error) {
	intent := &Intent{Customer: customer, Provider: provider}
	var request, attempt string
	err := s.DB.QueryRowContext(ctx, `SELECT state, turn, noes, request, attempt FROM kyc_intents WHERE customer = $1 AND provider = $2`,
		customer, string(provider)).Scan(&intent.State, &intent.turn, &intent.Noes, &request, &attempt)
	if err != nil || request == "" {
		return intent, err
	}
	text, err := s.open(intent, "request", request)
	if err != nil {
		return nil, err
	}
	if intent.Request, err = facade.UnmarshalRequest(text); err != nil || attempt == "" {
		return intent, err
	}
	if text, err = s.open(intent, "attempt", attempt); err == nil {
		err = json.Unmarshal(text, &intent.Attempt)
	}
	return intent, err
}

// errTaken is not a failure: another worker has the intent.
var errTaken = errors.New("somebody else has gone on with this start")

// Claim stores that a waiting intent is now being sent. It fails if another worker was faster.
func (s *Intents) Claim(ctx context.Context, intent *Intent) error {
	request, err := s.sealRequest(intent)
	if err != nil {
		return err
	}
	attempt, err := s.sealJSON(intent, "attempt", intent.Attempt)
	if err != nil {
		return err
	}
	err = s.change(ctx, `UPDATE kyc_intents SET state = 'sending', turn = turn + 1, noes = 0, changed = $1, request = $2, attempt = $3
		WHERE customer = $4 AND provider = $5 AND turn = $6 AND state = 'waiting'`,
		time.Now().Unix(), request, attempt, intent.Customer, string(intent.Provider), intent.turn)
	intent.turn++
	return err
}

// Save stores what has become of an intent, and retries as long as the database is away: a lost
// outcome is an unknown start. The outcome is a value with the library's JSON, or nil to keep the
// previous one. A request is kept while it may be needed, and for a person.
func (s *Intents) Save(ctx context.Context, intent *Intent, state string, outcome any, reason string) error {
	var request, sealed string
	var err error
	if state == Waiting || state == Sending || state == Task {
		if request, err = s.sealRequest(intent); err != nil {
			return err
		}
	}
	attempt, err := s.sealJSON(intent, "attempt", intent.Attempt)
	if err != nil {
		return err
	}
	noes := intent.Noes
	if state != Sending {
		noes = 0
	}
	if outcome != nil {
		if sealed, err = s.sealJSON(intent, "outcome", outcome); err != nil {
			return err
		}
	}
	for {
		err := s.change(ctx, `UPDATE kyc_intents SET state = $1, noes = $3, changed = $4, request = $5, attempt = $6,
			reason = CASE WHEN $2 = '' AND $1 = 'sending' THEN reason ELSE $2 END, outcome = CASE WHEN $7 = '' THEN outcome ELSE $7 END
			WHERE customer = $8 AND provider = $9 AND turn = $10`, state, reason, noes, time.Now().Unix(), request, attempt, sealed,
			intent.Customer, string(intent.Provider), intent.turn)
		if err == nil || errors.Is(err, errTaken) {
			return err
		}
		select {
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		case <-time.After(100 * time.Millisecond):
		}
	}
}

// change demands that the statement changes a row.
func (s *Intents) change(ctx context.Context, statement string, args ...any) error {
	done, err := s.DB.ExecContext(ctx, statement, args...)
	if err != nil {
		return err
	}
	if rows, err := done.RowsAffected(); err != nil || rows == 1 {
		return err
	}
	return errTaken
}

// Outcome returns how far a start is, and the JSON of what the library last said of it: a
// [facade.Result] if it is started, a [facade.Finding] if it is settled, a [facade.Error] if it is
// refused. The JSON holds links and tokens for the customer.
func (s *Intents) Outcome(ctx context.Context, customer string, provider facade.Provider) (state string, outcome []byte, err error) {
	var sealed string
	err = s.DB.QueryRowContext(ctx, `SELECT state, outcome FROM kyc_intents WHERE customer = $1 AND provider = $2`,
		customer, string(provider)).Scan(&state, &sealed)
	if err == nil && sealed != "" {
		outcome, err = s.open(&Intent{Customer: customer, Provider: provider}, "outcome", sealed)
	}
	return state, outcome, err
}

// Row is the part of an intent that can be read without the key.
type Row struct {
	Customer string
	Provider facade.Provider
	State    string
	Reason   string
	Changed  time.Time
}

// List returns all intents, ordered by their last change, the oldest first. The tasks in it are for
// people. An intent that has been waiting or sending for days has lost its job.
func (s *Intents) List(ctx context.Context) ([]Row, error) {
	rows, err := s.DB.QueryContext(ctx, `SELECT customer, provider, state, reason, changed FROM kyc_intents ORDER BY changed, customer`)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	var list []Row
	for rows.Next() {
		var row Row
		var changed int64
		if err := rows.Scan(&row.Customer, &row.Provider, &row.State, &row.Reason, &changed); err != nil {
			return nil, err
		}
		row.Changed = time.Unix(changed, 0)
		list = append(list, row)
	}
	return list, rows.Err()
}
