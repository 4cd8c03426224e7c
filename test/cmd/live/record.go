package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// write writes the answer of a start, without its data, and the outcome that the facade then makes
// of it. They go into the provider's folder of fixtures, or into its folder of rejected answers. It
// fails if the outcome or the judgement by the document changes when the data is replaced.
func (s *settings) write(ctx context.Context, w io.Writer, folder string, came outcome) error {
	var was replay.Answer
	if r := came.Result; r != nil {
		was = replay.Answer{Status: r.HTTPStatus, Header: r.RawHeader(), Body: r.RawBody()}
	} else {
		was = replay.Answer{Status: came.Error.HTTPStatus, Header: came.Error.RawHeader(), Body: came.Error.RawBody()}
	}
	a := s.redacted(was)
	e := replay.StartWith(ctx, fixtures.Config("https://provider.test", s.Provider), s.Request, a)
	recorded := outcome{Result: e.Result}
	errors.As(e.Err, &recorded.Error)
	meant, _ := s.meaning(was, came)
	means, broken := s.meaning(a, recorded)
	if means != meant {
		return fmt.Errorf("not recorded: without its data the answer means %s, and it meant %s", means, meant)
	}
	folder = filepath.Join(folder, string(s.Provider))
	if broken {
		folder = filepath.Join(folder, "rejected")
	}
	now := time.Now().UTC()
	name := filepath.Join(folder, fmt.Sprintf("%03d_recorded_%d", a.Status, now.Unix()))
	fmt.Fprintln(w, "recording, to be read before it is committed:", name)
	want, err := json.MarshalIndent(recorded, "", "  ")
	return errors.Join(err, os.WriteFile(name+".http", fixture(a, now), 0o644),
		os.WriteFile(name+".want.json", append(want, '\n'), 0o644))
}

// meaning returns what programs act on, and whether the answer breaks the provider's document.
func (s *settings) meaning(a replay.Answer, o outcome) (facts string, broken bool) {
	violations := len(contract.Response(string(s.Provider), "", a.Status, a.Header, a.Body))
	if o.Error != nil {
		facts = fmt.Sprintf("%s, started %s", o.Error.Kind, o.Error.Started)
	} else {
		facts = fmt.Sprintf("%s, next %s", o.Result.Status, o.Result.Next.Kind)
	}
	return fmt.Sprintf("%s, with %d violations", facts, violations), violations > 0
}

// fixture returns an answer as a file of fixtures.
func fixture(a replay.Answer, when time.Time) []byte {
	var text bytes.Buffer
	fmt.Fprintf(&text, "HTTP/1.1 %03d %s\n", a.Status, http.StatusText(a.Status))
	fmt.Fprintf(&text, "X-Fixture-Origin: live run on %s, data replaced\n", when.Format(time.DateOnly))
	_ = a.Header.Write(&text) // memory takes everything
	return append(append(bytes.ReplaceAll(text.Bytes(), []byte("\r"), nil), '\n'), a.Body...)
}

// keptHeaders are the headers of an answer that a fixture may hold.
var keptHeaders = []string{"Content-Type", "Date", "Retry-After", "X-Ratelimit-Retry-After", "X-Request-Id"}

var (
	plainHeader = regexp.MustCompile(`^[A-Za-z0-9 ,;:=/+."-]{0,100}$`)
	plainWord   = regexp.MustCompile(`^[A-Za-z0-9 _.:/\[\]-]{0,100}$`)
	plainMember = regexp.MustCompile(`^[A-Za-z0-9_]{1,40}$`)
	guid        = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)
)

// redacted returns a copy of an answer without anything that could be secret or personal. The
// customer, if the answer repeats one, becomes the customer of the fixtures.
func (s *settings) redacted(a replay.Answer) replay.Answer {
	header := http.Header{}
	for _, name := range keptHeaders {
		for _, value := range a.Header.Values(name) {
			if name == "X-Request-Id" || !plainHeader.MatchString(value) {
				value = masked(value)
			}
			header.Add(name, value)
		}
	}
	var v any
	body := []byte(masked(string(a.Body)))
	if json.Unmarshal(a.Body, &v) == nil {
		body, _ = json.MarshalIndent(s.value("", v, false), "", "  ") // it was JSON
	}
	return replay.Answer{Status: a.Status, Header: header, Body: body}
}

// value returns the replacement for v, the value of a member. In a map the keys are replaced as
// well.
func (s *settings) value(member string, v any, inMap bool) any {
	keep := slices.Contains(s.Words, member) && !inMap
	inMap = inMap || slices.Contains(s.Maps, member)
	switch v := v.(type) {
	case map[string]any:
		object := make(map[string]any)
		for i, name := range slices.Sorted(maps.Keys(v)) {
			shown := name
			if inMap || !plainMember.MatchString(name) || s.isCustomer(name) {
				shown = fmt.Sprint("redacted ", i)
			}
			object[shown] = s.value(name, v[name], inMap)
		}
		return object
	case []any:
		for i, item := range v {
			v[i] = s.value(member, item, inMap)
		}
	case string:
		_, notTime := time.Parse(time.RFC3339, v)
		switch {
		case s.isCustomer(v):
			return s.Customer.ID
		case keep && plainWord.MatchString(v) && !guid.MatchString(v):
			return v
		case notTime == nil:
			return "2025-01-01T00:00:00Z"
		default:
			return masked(v)
		}
	case float64:
		if !keep {
			return 0
		}
	case bool:
		return v && keep
	}
	return v
}

func (s *settings) isCustomer(text string) bool {
	return s.customer != "" && strings.EqualFold(text, s.customer)
}

// scheme is the beginning of a link by which the facade judges it.
var scheme = regexp.MustCompile(`^(([A-Za-z][A-Za-z0-9+.-]*:)?//(localhost|127\.[0-9.]+|\[::1\])?|(?i)(javascript|data):)`)

// masked replaces every letter and digit of a text, other than the scheme of a link. The
// replacement has the same length and form, so that the document and the facade judge it like the
// original.
func masked(s string) string {
	begin := scheme.FindString(s)
	return begin + strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9':
			return '1'
		case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z':
			return 'a'
		case r >= utf8.RuneSelf:
			return 'é'
		default:
			return r
		}
	}, strings.TrimPrefix(s, begin))
}
