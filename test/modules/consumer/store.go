package shop

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	_ "modernc.org/sqlite" // needs no cgo

	"github.com/kycstart/kycstart/facade"
)

// The states of a start. It is stored as Sending before the call. If it is still Sending after a
// crash, it may have been sent.
const (
	Sending = "sending"
	Started = "started"
	Queued  = "queued" // certainly not started, and due again
	Failed  = "failed" // certainly not started
	Unknown = "unknown"
)

// Store keeps a row for each customer in SQLite, for one process. A request is personal data, and
// is stored only while it may be needed.
type Store struct{ DB *sql.DB }

// Open opens or creates the database. A start that was being sent when the process ended is
// Unknown.
func Open(file string) (*Store, error) {
	db, err := sql.Open("sqlite", file)
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(1)
	_, err = db.Exec(`CREATE TABLE IF NOT EXISTS kyc (customer TEXT PRIMARY KEY, state TEXT, due INTEGER, request BLOB, record BLOB);
		UPDATE kyc SET state = 'unknown' WHERE state = 'sending'`)
	return &Store{db}, err
}

// Begin stores that a start is being sent, and reports whether it is the customer's first start.
func (s *Store) Begin(ctx context.Context, customer string, req facade.Request) (first bool, err error) {
	text, err := facade.MarshalRequest(req)
	if err != nil {
		return false, err
	}
	err = s.DB.QueryRowContext(ctx, `INSERT INTO kyc VALUES (?, 'sending', 0, ?, NULL)
		ON CONFLICT DO NOTHING RETURNING true`, customer, text).Scan(&first)
	if errors.Is(err, sql.ErrNoRows) {
		err = nil
	}
	return first, err
}

// End stores what became of a start.
func (s *Store) End(ctx context.Context, customer, state string, due time.Time, record any) error {
	text, err := json.Marshal(record)
	if err != nil {
		return err
	}
	_, err = s.DB.ExecContext(ctx, `UPDATE kyc SET state = ?1, due = ?2, record = ?3,
		request = CASE WHEN ?1 IN ('queued', 'unknown') THEN request END WHERE customer = ?4`, state, due.Unix(), text, customer)
	return err
}

// Next takes a start that is due from the queue and stores it as Sending. It returns nil if none is
// due.
func (s *Store) Next(ctx context.Context) (customer string, req facade.Request, err error) {
	var text []byte
	err = s.DB.QueryRowContext(ctx, `UPDATE kyc SET state = 'sending' WHERE customer = (SELECT customer FROM kyc
		WHERE state = 'queued' AND due <= ? LIMIT 1) RETURNING customer, request`, time.Now().Unix()).Scan(&customer, &text)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil, nil
	}
	if err == nil {
		req, err = facade.UnmarshalRequest(text)
	}
	return customer, req, err
}
