// Package find_test holds the look-up to its promises: an error of a look-up is never a
// no, a no is first hand, and a yes from an older process is never reported as this
// attempt's.
package find_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// fixture returns the answer of a fixture.
func fixture(t *testing.T, name string) replay.Answer {
	t.Helper()
	c, err := fixtures.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return replay.Answer{Status: c.Status, Header: c.Header.Clone(), Body: c.Body}
}

// failure returns the error of a look-up, which must say nothing of the start.
func failure(t *testing.T, e replay.Exploration) *facade.Error {
	t.Helper()
	var kycErr *facade.Error
	if !errors.As(e.Err, &kycErr) || e.Finding != nil {
		t.Fatalf("%v and %v, want an error", e.Finding, e.Err)
	}
	if kycErr.Started != facade.StartedUnknown || kycErr.SafeToRetry() {
		t.Fatalf("an error of a look-up speaks of the start: %v", kycErr)
	}
	return kycErr
}

// page is one of Rebilly's list.
func page(total string, items ...string) replay.Answer {
	body := "["
	for i, item := range items {
		if i > 0 {
			body += ","
		}
		body += item
	}
	header := http.Header{"Content-Type": {"application/json"}, "Date": {"Mon, 01 Dec 2025 12:05:00 GMT"}}
	if total != "" {
		header.Set("Pagination-Total", total)
	}
	return replay.Answer{Status: http.StatusOK, Header: header, Body: []byte(body + "]")}
}

// process is a KYC request of Rebilly's.
func process(id, customer, created string) string {
	return fmt.Sprintf(`{"id":%q,"customerId":%q,"status":"gathering","documents":[],"createdTime":%q}`, id, customer, created)
}
