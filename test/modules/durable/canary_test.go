package durable_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"example.test/durable/ledger"
	"example.test/durable/postgres"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// canaries are texts that must not be found, by their places in the request.
type canaries map[string]string

// plant returns a new canary for a place.
func (c canaries) plant(where string) string {
	c[where] = fmt.Sprintf("Cq%013XzW", len(c))
	return c[where]
}

// fill puts a canary into every text of a request, in the form that the field wants. It leaves
// words of a list as they are: they cannot hold a canary.
func (c canaries) fill(t *testing.T, v reflect.Value, start, field string, forms map[string]string) {
	t.Helper()
	where := start + " " + field
	switch v.Interface().(type) {
	case time.Time:
		return
	case facade.QoloImage: // an image is stored as the name of its file
		file := filepath.Join(t.TempDir(), c.plant(where))
		if err := os.WriteFile(file, []byte(c.plant(where+", what is in it")), 0o600); err != nil {
			t.Fatal(err)
		}
		image, err := facade.QoloImageFile(file)
		if err != nil {
			t.Fatal(err)
		}
		v.Set(reflect.ValueOf(image))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		c.fill(t, v.Elem(), start, field, forms)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && !f.Anonymous {
				c.fill(t, v.Field(i), start, strings.TrimPrefix(field+"."+f.Name, "."), forms)
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.fill(t, v.Index(i), fmt.Sprint(start, " ", i), field, forms)
		}
	case reflect.String:
		form, formed := forms[field]
		switch {
		case !formed, form == fixtures.AnyJWT: // a token is stored as a reference; see [ledger.Fetch]
			v.SetString(c.plant(where))
		case form == fixtures.AnyGUID:
			x := fmt.Sprintf("%x", sha256.Sum256([]byte(where)))
			c[where] = strings.Join([]string{x[:8], x[8:12], x[12:16], x[16:20], x[20:32]}, "-")
			v.SetString(c[where])
		case strings.Contains(form, fixtures.AnyText):
			v.SetString(strings.ReplaceAll(form, fixtures.AnyText, c.plant(where)))
		case strings.HasPrefix(form, "0x"):
			c[where] = form
			v.SetString(form)
		}
	}
}

// search returns the places whose canaries are in a text. It ignores case, and looks for plain
// text, hexadecimal and base64.
func (c canaries) search(text []byte) (places []string) {
	text = bytes.ToLower(text)
	for where, canary := range c {
		forms := []string{canary, hex.EncodeToString([]byte(canary))}
		for before := range 3 { // its position in a longer text
			encoded := base64.StdEncoding.EncodeToString([]byte("  "[:before] + canary))
			forms = append(forms, encoded[4:len(encoded)-4])
		}
		if slices.ContainsFunc(forms, func(form string) bool { return bytes.Contains(text, []byte(strings.ToLower(form))) }) {
			places = append(places, where)
		}
	}
	return places
}

// searchDir searches all files in a directory.
func (c canaries) searchDir(t *testing.T, dir string) (places []string) {
	t.Helper()
	all := os.DirFS(dir)
	err := fs.WalkDir(all, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := fs.ReadFile(all, path)
		for _, where := range c.search(text) {
			places = append(places, path+": "+where)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return places
}

// logged records what was logged.
type logged struct {
	mu   sync.Mutex
	text []byte
}

// Write implements [io.Writer].
func (l *logged) Write(text []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text = append(l.text, text...)
	return len(text), nil
}

// TestCanary lets every fate happen to starts that are full of canaries. It then searches the files
// of the database and the log, which must hold nothing about a customer.
func TestCanary(t *testing.T) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		testCanary(t, filepath.Join(dir, "kyc.db"), dir)
	})
	t.Run("Postgres", func(t *testing.T) {
		t.Parallel()
		own, err := postgres.Start(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(own.Close)
		testCanary(t, own.URL, own.Dir)
	})
}

func testCanary(t *testing.T, database, dir string) {
	t.Helper()
	var log logged
	s := open(t, database, slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	every := []ledger.Fate{ledger.Answered, ledger.LostReply, ledger.LostStart, ledger.Limited, ledger.Refused}
	seen := map[facade.Provider]int{} // used under the ledger's lock
	s.providers.Fate = func(key ledger.Key, nth int) ledger.Fate {
		if nth > 1 {
			return ledger.Answered
		}
		seen[key.Provider]++
		return every[seen[key.Provider]-1]
	}
	planted := canaries{"an answer's link": "gather.example", "an answer's token": "gatherer-token", "a credential": "reb-test-key"}
	for _, d := range fixtures.Descriptors() {
		for i := range every {
			start, request := fmt.Sprint(d.Provider, " ", i), d.Full()
			planted.fill(t, reflect.ValueOf(request).Elem(), start, "", d.Forms)
			s.enqueue(ledger.Customer{Own: "c" + start}, request)
		}
	}
	s.work()
	for _, p := range fixtures.Providers() {
		if seen[p] != len(every) {
			t.Errorf("%d starts arrived at %s, want %d", seen[p], p, len(every))
		}
	}
	t.Logf("%d canaries", len(planted))

	log.mu.Lock()
	for _, where := range planted.search(log.text) {
		t.Errorf("the log has the canary of %s", where)
	}
	log.mu.Unlock()
	for _, where := range planted.searchDir(t, dir) {
		t.Errorf("the database has a canary: %s", where)
	}
	// The search finds a canary that is in clear, so it really searches.
	if _, err := s.DB.Exec(`UPDATE kyc_intents SET reason = 'x' || $1`, planted["rebilly 0 CustomerID"]); err != nil {
		t.Fatal(err)
	}
	if len(planted.searchDir(t, dir)) == 0 {
		t.Error("a canary in clear is not found")
	}
}
