package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// record writes the answer of an outcome, without its data, and the outcome that the facade then
// makes of it. They go into the provider's folder of fixtures, or into its folder of rejected
// answers. It returns the name of the answer's file. It fails if the outcome or the judgement by the
// document changes when the data is replaced.
func record(folder string, s *settings, came outcome) (string, error) {
	d := fixtures.Of(s.provider)
	a := redacted(came.answer(), d, s.customer)
	e := replay.Start(d.Request, replay.Answer{Status: a.status, Header: a.header, Body: a.body})
	recorded := outcome{Result: e.Result}
	errors.As(e.Err, &recorded.Error)
	broken, stillBroken := came.answer().violations(s.provider), a.violations(s.provider)
	if recorded.facts() != came.facts() || stillBroken != broken {
		return "", fmt.Errorf("not recorded: without its data the answer means %s, with %d violations, and it meant %s, with %d",
			recorded.facts(), stillBroken, came.facts(), broken)
	}
	folder = filepath.Join(folder, string(s.provider))
	if broken > 0 {
		folder = filepath.Join(folder, "rejected")
	}
	file, err := os.CreateTemp(folder, fmt.Sprintf("%03d_recorded_*.http", a.status))
	if err != nil {
		return "", err
	}
	_, err = file.Write(a.text())
	want, errWant := json.MarshalIndent(recorded, "", "  ")
	beside := strings.TrimSuffix(file.Name(), ".http") + ".want.json"
	return file.Name(), errors.Join(err, file.Close(), errWant, os.WriteFile(beside, append(want, '\n'), 0o644))
}

// answer is what a provider sent back.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// answer returns the answer that led to an outcome.
func (o outcome) answer() answer {
	if r := o.Result; r != nil {
		return answer{r.HTTPStatus, r.RawHeader(), r.RawBody()}
	}
	return answer{o.Error.HTTPStatus, o.Error.RawHeader(), o.Error.RawBody()}
}

// facts returns what programs act on.
func (o outcome) facts() string {
	if e := o.Error; e != nil {
		return fmt.Sprintf("%s, started %s", e.Kind, e.Started)
	}
	return fmt.Sprintf("%s, next %s", o.Result.Status, o.Result.Next.Kind)
}

// violations returns in how many points the answer breaks the provider's document.
func (a answer) violations(p facade.Provider) int {
	return len(contract.Response(string(p), "", a.status, a.header, a.body))
}

// text returns the answer as a fixture holds it.
func (a answer) text() []byte {
	var text bytes.Buffer
	fmt.Fprintf(&text, "HTTP/1.1 %03d %s\r\n", a.status, http.StatusText(a.status))
	fmt.Fprintf(&text, "X-Fixture-Origin: live run on %s, data replaced\r\n", time.Now().UTC().Format(time.DateOnly))
	_ = a.header.Write(&text) // memory takes everything
	return append(append(bytes.ReplaceAll(text.Bytes(), []byte("\r"), nil), '\n'), a.body...)
}
