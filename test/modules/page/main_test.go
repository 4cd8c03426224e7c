package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// TestServe uses the sandbox as an application in another language would. It knows only what is
// printed.
func TestServe(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	r, w := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		ended <- serve(ctx, []string{"-port", "0", "-scenario", "xgateway/400_not_found"}, w)
		_ = w.Close() // closing a pipe cannot fail
	}()

	addresses, page := make(map[string]string), ""
	lines := bufio.NewScanner(r)
	for opens := 0; opens < 2 && lines.Scan(); {
		words := strings.Fields(lines.Text())
		switch {
		case len(words) >= 2 && words[0] == "Open": // the first line and the last
			page, opens = words[1], opens+1
		case len(words) >= 2 && strings.HasPrefix(words[1], "http://"):
			addresses[words[0]] = words[1]
		}
	}
	printed := make(chan string)
	go func() {
		rest, _ := io.ReadAll(r)
		printed <- lines.Text() + string(rest)
	}()

	for _, p := range sandbox.Providers() {
		if addresses[string(p)] == "" {
			t.Errorf("%s: no base URL", p)
		}
	}
	post := func(customer, key string) (int, error) {
		t.Helper()
		documented, _ := fixtures.Request("xgateway", "")
		path := strings.ReplaceAll(strings.TrimPrefix(documented.URL.Path, "/api/v2"), "customer-42", customer)
		r, err := http.NewRequest(http.MethodPost, addresses["xgateway"]+path, http.NoBody)
		if err != nil {
			return 0, err
		}
		r.Header.Set("x-api-key", key)
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			return 0, err
		}
		answer.Body.Close()
		return answer.StatusCode, nil
	}
	for _, c := range []struct {
		customer, key string
		status        int
	}{
		{"c-1", "key", 400}, // chosen by -scenario
		{"sandbox-204_started", "key", 204},
		{"sandbox-fault-502_html", "key", 502},
		{"c-1", "", 401},
	} {
		if status, err := post(c.customer, c.key); err != nil || status != c.status {
			t.Errorf("customer %q: status %d, %v, want %d", c.customer, status, err, c.status)
		}
	}
	if answer, err := http.Get(page); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("the page: %v", err)
	} else {
		answer.Body.Close()
	}
	if _, err := http.Post(addresses["none"], "", nil); err == nil {
		t.Error("the address that refuses connections takes one")
	}

	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if rest := <-printed; !strings.Contains(rest, "wrong request to xgateway, answered 401") {
		t.Errorf("the wrong request was not printed: %s", rest)
	}
}

func TestServeRefusesWhatThereIsNot(t *testing.T) {
	for scenario, want := range map[string]string{
		"nobody/200_ok":      `"vault" "xgateway" "forte" "qolo" "rebilly"`,
		"forte/200_okay":     "forte/200_banned",
		"forte=vault/200_ok": "forte/200_banned",
		"forte":              "such as forte/200_banned",
	} {
		err := serve(context.Background(), []string{"-port", "0", "-scenario", scenario}, io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("-scenario %s: %v, want %q in it", scenario, err, want)
		}
	}
}
