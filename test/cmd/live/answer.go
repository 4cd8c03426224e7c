package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// answer is what a provider sent back.
type answer struct {
	provider facade.Provider
	status   int
	header   http.Header
	body     []byte
}

// outcome is what a want.json holds.
type outcome struct {
	Result *facade.Result `json:"result,omitempty"`
	Error  error          `json:"error,omitempty"`
}

// answer returns the answer in o, or false if none came.
func (o outcome) answer(p facade.Provider) (answer, bool) {
	var failed *facade.Error
	switch {
	case o.Result != nil:
		return answer{p, o.Result.HTTPStatus, o.Result.RawHeader(), o.Result.RawBody()}, true
	case errors.As(o.Error, &failed) && failed.HTTPStatus != 0:
		return answer{p, failed.HTTPStatus, failed.RawHeader(), failed.RawBody()}, true
	}
	return answer{}, false
}

// outcome returns what the facade makes of a, when it answers the canonical request.
func (a answer) outcome(ctx context.Context) outcome {
	e := replay.StartContext(ctx, fixtures.Start(a.provider), replay.Answer{Status: a.status, Header: a.header, Body: a.body})
	return outcome{e.Result, e.Err}
}

// message returns the provider's own words about a refusal, as they came. For a result it returns
// nothing.
func (o outcome) message() string {
	var failed *facade.Error
	if !errors.As(o.Error, &failed) {
		return ""
	}
	text := new(strings.Builder)
	fmt.Fprintf(text, "the provider says, as it came: %q\n", failed.Message)
	for _, reason := range failed.Reasons {
		fmt.Fprintf(text, "\t%q: %q\n", reason.Code, reason.Message)
	}
	for _, field := range failed.Fields {
		fmt.Fprintf(text, "\t%q: %q\n", field.Path, field.Message)
	}
	return text.String()
}

// facts returns what programs act on. It holds no data.
func (o outcome) facts() string {
	var failed *facade.Error
	if errors.As(o.Error, &failed) {
		return fmt.Sprintf("%s, started: %s, HTTP status %d", failed.Kind, failed.Started, failed.HTTPStatus)
	}
	return fmt.Sprintf("%s, next %s, HTTP status %d", o.Result.Status, o.Result.Next.Kind, o.Result.HTTPStatus)
}

// json returns o as a fixture has it.
func (o outcome) json() ([]byte, error) {
	text, err := json.MarshalIndent(o, "", "  ")
	return append(text, '\n'), err
}

// record writes a and its outcome into folder, or into its folder of rejected answers if a breaks
// the document. It returns the name of the response's file. It fails if a breaks the document in
// other places than the original answer, which had the violations in found.
func (a answer) record(folder string, want []byte, found []contract.Violation) (string, error) {
	kept := contract.Response(string(a.provider), "", a.status, a.header, a.body)
	if was, is := places(found), places(kept); was != is {
		return "", fmt.Errorf("not recorded: the judgement changes when the data of the answer is replaced: it was\n%sand becomes\n%s", was, is)
	}
	folder = filepath.Join(folder, string(a.provider))
	if len(kept) > 0 {
		folder = filepath.Join(folder, "rejected")
	}
	name := filepath.Join(folder, fmt.Sprintf("%03d_recorded", a.status))
	for n, base := 2, name; exists(name + ".http"); n++ {
		name = fmt.Sprintf("%s_%d", base, n)
	}
	return name + ".http", errors.Join(os.WriteFile(name+".want.json", want, 0o644), os.WriteFile(name+".http", a.wire(), 0o644))
}

func exists(file string) bool {
	_, err := os.Lstat(file)
	return !errors.Is(err, os.ErrNotExist)
}

// places returns the violations of a response without what was found, since that part was replaced.
func places(violations []contract.Violation) string {
	var b strings.Builder
	for _, v := range violations {
		if v.In == contract.InResponse {
			v.Found = "something else"
			fmt.Fprintf(&b, "\t%s\n", v)
		}
	}
	return b.String()
}

// wire returns a as a fixture holds it.
func (a answer) wire() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "HTTP/1.1 %03d %s\n", a.status, http.StatusText(a.status))
	fmt.Fprintf(&b, "X-Fixture-Origin: live run on %s, data replaced\n", time.Now().UTC().Format(time.DateOnly))
	for _, name := range slices.Sorted(maps.Keys(a.header)) {
		for _, value := range a.header[name] {
			fmt.Fprintf(&b, "%s: %s\n", name, value)
		}
	}
	b.WriteByte('\n')
	b.Write(a.body)
	return b.Bytes()
}
