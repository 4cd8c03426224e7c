package faults_test

import (
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// row is a fault that the library must have an answer to, and where it is put
// to the test: by which test, and in which row of the test's table.
type row struct {
	fault string
	test  func(*testing.T)
	in    string // empty for a test without a table
}

// catalogue is all that can go wrong between a call and its outcome.
var catalogue = []struct {
	section string
	rows    []row
}{
	{"may it have started?", []row{
		{"a status arrived, whatever becomes of the body", TestBody, "Content-Length too long"},
		{"no connection was ever had", TestConnection, "refused"},
		{"a connection was had, and no answer", TestSending, "closes after reading all"},
		{"a transport that does not report to httptrace", TestForeignTransport, "without httptrace, refused"},
		{"a dial fails after the request was read, in a replay", TestReusedConnection, ""},
		{"a bare EOF of a handshake", TestConnection, "closed during the handshake"},
		{"a bare EOF after the request was read", TestForeignTransport, "without httptrace, EOF"},
		{"headers told as written, with nothing on the wire", TestSending, "write fails after 0 bytes"},
		{"a cause hides that the context was cancelled", TestSending, "cancelled by the caller with a cause"},
		{"a cause hides that the deadline passed", TestSlow, "silent until the deadline with a cause"},
	}},
	{"one delivery a call", []row{
		{"net/http repeats what HTTP/2 resets", TestHTTP2, ""},
		{"HTTP/2 without TLS", TestUnencryptedHTTP2, ""},
		{"a kept connection that dies", TestReusedConnection, ""},
		{"one connection a call", TestOneConnectionACall, ""},
		{"307 and 308 send the body again", TestRedirect, "to another host"},
		{"cookies mix customers", TestCookies, ""},
		{"headers without an end", TestHeaderLimit, ""},
		{"TLS older than 1.2", TestOldTLS, ""},
		{"a dial that takes too long", TestConnection, "dial fails by its own timeout"},
		{"the caller's client is written to", TestCallersClientIsNotWrittenTo, ""},
		{"the caller's transport is set up too early", TestUnusedTransportKeepsItsProtocols, ""},
		{"the caller's transport changes", TestTransportIsCloned, ""},
		{"the caller's client has a timeout", TestClientTimeout, ""},
		{"a transport answers with nothing", TestForeignTransport, "neither answer nor error"},
		{"a transport answers twice over", TestForeignTransport, "both answer and error"},
		{"a transport answers twice over, without a connection", TestForeignTransport, "both answer and error, and no connection"},
		{"no deadline in the context", TestSlow, "silent until the deadline"},
		{"a later deadline in the context", TestDefaultDeadlineYields, ""},
	}},
	{"connecting", []row{
		{"cancelled before a connection was asked for", TestTokenTooLate, ""},
		{"refused", TestConnection, "refused"},
		{"unknown host", TestConnection, "unknown host"},
		{"DNS failure", TestConnection, "DNS failure"},
		{"DNS timeout", TestConnection, "DNS timeout"},
		{"dial blocked until the deadline", TestConnection, "dial blocked until the deadline"},
		{"dial blocked until the cancel", TestConnection, "dial blocked until the cancel"},
		{"reset right after accept", TestResetAfterAccept, ""},
		{"reset right after accept, with TLS", TestConnection, "reset right after accept"},
		{"proxy refused", TestConnection, "proxy refused"},
		{"proxy 407", TestConnection, "proxy 407"},
		{"proxy 502", TestConnection, "proxy 502"},
		{"unknown CA", TestConnection, "unknown CA"},
		{"wrong host", TestConnection, "certificate of another host"},
		{"expired", TestConnection, "certificate expired"},
		{"version mismatch", TestConnection, "TLS version mismatch"},
		{"closed during the handshake", TestConnection, "closed during the handshake"},
		{"silent during the handshake", TestConnection, "silent during the handshake"},
		{"plain HTTP during the handshake", TestConnection, "plain HTTP during the handshake"},
		{"client certificate demanded", TestConnection, "client certificate demanded"},
	}},
	{"sending and waiting", []row{
		{"write fails after 0 bytes", TestSending, "write fails after 0 bytes"},
		{"write fails after 1 byte", TestSending, "write fails after 1 byte"},
		{"write fails after many bytes", TestSending, "write fails after many bytes"},
		{"peer reads a part, then resets", TestSending, "peer reads a part, then resets"},
		{"never reads", TestSlow, "never reads"},
		{"closes after reading all", TestSending, "closes after reading all"},
		{"resets after reading all", TestSending, "resets after reading all"},
		{"silent until the deadline", TestSlow, "silent until the deadline"},
		{"cancelled by the caller", TestSending, "cancelled by the caller"},
		{"cancelled with a cause", TestSending, "cancelled by the caller with a cause"},
		{"four silent minutes", TestSlow, "four silent minutes and then the answer"},
		{"early 401", TestSending, "early 401"},
		{"early 413", TestSending, "early 413"},
		{"early answer to an upload, read on", TestUploadAnsweredEarly, "and reads on"},
		{"early answer to an upload, read no more", TestUploadAnsweredEarly, "and reads no more"},
		{"early answer to an upload, hung up", TestUploadAnsweredEarly, "and hangs up"},
		{"upload ends early", TestUploadSpoiled, "ends early by one"},
		{"upload ends early, between two pieces", TestUploadSpoiled, "ends early at a piece's end"},
		{"upload grows", TestUploadSpoiled, "grows by one"},
		{"upload disappears", TestUploadSpoiled, "disappears"},
		{"upload changes while it is sent", TestUploadSpoiledWhileSent, ""},
		{"upload disappears while it is sent", TestUploadOfVanishedFile, ""},
		{"upload cancelled", TestUploadCancelled, ""},
		{"upload read twice", TestUploadTwice, ""},
		{"upload read after the call", TestUploadReadTooLate, ""},
		{"upload not the bytes of the plain way", TestUploadBytes, ""},
	}},
	{"status line and header", []row{
		{"garbage status line", TestHead, "garbage status line"},
		{"cut status line", TestHead, "cut status line"},
		{"cut header", TestHead, "cut header"},
		{"HTTP/0.9", TestHead, "HTTP/0.9"},
		{"header without a colon", TestHead, "header without a colon"},
		{"two Content-Lengths", TestHead, "two Content-Lengths"},
		{"header flood", TestHead, "header flood"},
		{"status 999", TestHead, "status 999"},
		{"status 099", TestHead, "status 099"},
		{"status 101", TestHead, "status 101"},
		{"status 101, and then silence", TestSlow, "status 101, and then silence"},
		{"a final 1xx", TestHead, "a final 1xx"},
		{"status 206", TestHead, "status 206"},
		{"status 202", TestHead, "status 202"},
		{"103 before the answer", TestEarlyHints, ""},
		{"103, and then silence", TestSlow, "early hints, and then silence"},
		{"Content-Type missing", TestContentType, "Content-Type missing"},
		{"Content-Type in other case", TestContentType, "Content-Type in other case"},
		{"Content-Type of a problem", TestContentType, "Content-Type of a problem"},
		{"Content-Type text/html; x=json", TestContentType, "Content-Type text/html; x=json"},
		{"Retry-After in seconds", TestRetryAfter, "Retry-After in seconds"},
		{"Retry-After as a date, in three forms", TestRetryAfter, "Retry-After as a date"},
		{"Retry-After negative", TestRetryAfter, "Retry-After negative"},
		{"Retry-After 0", TestRetryAfter, "Retry-After 0"},
		{"Retry-After 1.5", TestRetryAfter, "Retry-After 1.5"},
		{"Retry-After as text", TestRetryAfter, "Retry-After as text"},
		{"Retry-After huge", TestRetryAfter, "Retry-After huge"},
		{"two Retry-After", TestRetryAfter, "two Retry-After"},
		{"Retry-After by another clock", TestRetryAfter, "Retry-After by another clock"},
		{"escape sequences in a header", TestHostileHeader, "escape sequences in a header"},
		{"escape sequences in a header, by net/http", TestHead, "escape sequences in a header"},
		{"very long request id", TestHostileHeader, "very long request id"},
	}},
	{"body", []row{
		{"Content-Length too long", TestBody, "Content-Length too long"},
		{"chunked cut", TestBody, "chunked cut"},
		{"close-delimited cut", TestBody, "close-delimited cut"},
		{"reset in the middle", TestBodyReset, ""},
		{"stall in the middle", TestSlow, "stall in the middle of the body"},
		{"one byte a second", TestSlow, "one byte a second until the deadline"},
		{"over the limit by one", TestBody, "over the limit by one"},
		{"exactly the limit", TestBody, "exactly the limit"},
		{"gzip bomb", TestBody, "gzip bomb"},
		{"gzip broken", TestBody, "gzip broken"},
		{"Content-Encoding br", TestBody, "Content-Encoding br"},
		{"204 with a content type and no body", TestNoContent, "204 with a content type and no body"},
		{"204 with a body", TestNoContent, "204 with a body"},
		{"204 with a body, where connections are kept", TestOwnConnection, "204 with a body"},
		{"extra bytes after the body", TestBody, "extra bytes after the body"},
		{"Read failing", TestBodyOfTransport, "Read failing"},
		{"Close failing", TestBodyOfTransport, "Close failing"},
		{"what came of a cut body is kept", TestKeptBody, ""},
		{"something left over after 1,000 failures", TestNothingIsLeft, ""},
	}},
	{"redirects, concurrency, lifecycle", []row{
		{"to another host", TestRedirect, "to another host"},
		{"to the same host", TestRedirect, "to the same host"},
		{"to plain http", TestRedirect, "to plain http"},
		{"to a dead host", TestRedirect, "to a dead host"},
		{"without a Location", TestRedirect, "without a Location"},
		{"with a bad Location", TestRedirect, "with a bad Location"},
		{"200 callers of one client", TestEveryAnswerReachesItsCaller, ""},
		{"cancelled at any time", TestCancelAnyTime, ""},
		{"panic of a transport", TestPanic, "in the transport"},
		{"panic of a body", TestPanic, "in the body"},
		{"panic of a token source", TestPanickingTokenSource, ""},
		{"two identical starts at once", TestTwoStarts, ""},
	}},
	{"random faults", []row{
		{"started no, and a whole request was read", TestRandomFaults, ""},
		{"two deliveries of one call", TestRandomFaults, ""},
		{"not exactly one of result and error", TestRandomFaults, ""},
		{"an error without kind, provider or the status that arrived", TestRandomFaults, ""},
	}},
}

// tables are the rows of the tests that have a table.
var tables = map[string][]string{
	"TestBody":             rowsOf(bodies),
	"TestBodyOfTransport":  rowsOf(oddBodies),
	"TestConnection":       rowsOf(connections),
	"TestContentType":      rowsOf(contentTypes),
	"TestForeignTransport": rowsOf(foreigners),
	"TestHead":             rowsOf(heads),
	"TestHostileHeader":    rowsOf(hostile),
	"TestNoContent":        rowsOf(noContents),

	"TestOwnConnection":       rowsOf(noContents),
	"TestPanic":               rowsOf(panics),
	"TestRedirect":            rowsOf(redirects),
	"TestRetryAfter":          rowsOf(retries),
	"TestSending":             rowsOf(sendings),
	"TestSlow":                rowsOf(slow),
	"TestUploadAnsweredEarly": rowsOf(afterwards),
	"TestUploadSpoiled":       rowsOf(spoils),
}

// rowsOf returns the first fields of a table, which name its rows.
func rowsOf(table any) (names []string) {
	rows := reflect.ValueOf(table)
	for i := range rows.Len() {
		names = append(names, rows.Index(i).Field(0).String())
	}
	return names
}

// TestCatalogue lists which fault is put to which test, and fails for one that
// is put to none.
func TestCatalogue(t *testing.T) {
	for _, section := range catalogue {
		t.Log(section.section)
		for _, r := range section.rows {
			if r.test == nil {
				t.Errorf("%s: no test", r.fault)
				continue
			}
			_, test, _ := strings.Cut(runtime.FuncForPC(reflect.ValueOf(r.test).Pointer()).Name(), "faults_test.")
			table, tabular := tables[test]
			if tabular && !slices.Contains(table, r.in) || !tabular && r.in != "" {
				t.Errorf("%s: %s has no row %q", r.fault, test, r.in)
			}
			where := test
			if r.in != "" {
				where += ": " + r.in
			}
			t.Logf("  %-60s %s", r.fault, where)
		}
	}
}
