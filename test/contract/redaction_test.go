package contract_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/contract"
)

// The canaries stand where values stand: none may be found in a violation. The
// name is no plain name, so it is none of those that are shown.
const (
	canary       = "c4nary Jane@doe.example"
	canaryNumber = 730133700173
)

// planted returns the value in many forms: with one leaf, or all, replaced by a
// canary of every type, and with canaries as names and items beside the others.
func planted(value any) []any {
	leaves := 0
	count(value, &leaves)
	var all []any
	for i := -1; i < leaves; i++ {
		for _, c := range []any{canary, canaryNumber, canaryNumber + 0.5, []any{canary}, map[string]any{canary: canary}} {
			n := 0
			all = append(all, plant(value, c, i, &n))
		}
	}
	return all
}

func count(value any, n *int) {
	switch value := value.(type) {
	case map[string]any:
		for _, v := range value {
			count(v, n)
		}
	case []any:
		for _, v := range value {
			count(v, n)
		}
	default:
		*n++
	}
}

// plant replaces the leaf of the given number, all of them if it is negative,
// and adds a property and an item to whatever it passes.
func plant(value, c any, which int, n *int) any {
	switch value := value.(type) {
	case map[string]any:
		object := map[string]any{canary: c}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			object[name] = plant(value[name], c, which, n)
		}
		return object
	case []any:
		var array []any
		for _, v := range value {
			array = append(array, plant(v, c, which, n))
		}
		return append(array, c)
	}
	*n++
	if which < 0 || *n == which+1 {
		return c
	}
	return value
}

func TestNoValueInViolations(t *testing.T) {
	found := 0
	for _, provider := range contract.Providers() {
		for _, c := range good[provider] {
			c.provider = provider
			for _, body := range bodies(c.body) {
				changed := c
				changed.body = body
				found += noCanary(t, changed)
			}
			for _, text := range bodies(c.text) {
				changed := c
				changed.text = text
				found += noCanary(t, changed)
			}
			everything := c
			everything.method = strings.ReplaceAll(canary, " ", "")
			everything.url += "?" + url.QueryEscape(canary) + "=" + url.QueryEscape(canary) + "&expand=" + url.QueryEscape(canary)
			everything.url = strings.Replace(everything.url, person, url.PathEscape(canary), 1)
			everything.header = http.Header{}
			everything.answer = http.Header{}
			for _, name := range []string{"Authorization", "X-Api-Key", "Reb-Apikey", "Content-Type", canary} {
				everything.header[name] = []string{canary}
			}
			for _, name := range []string{"Content-Type", "X-Ratelimit-Retry-After", canary} {
				everything.answer[name] = []string{canary, canary}
			}
			found += noCanary(t, everything)
			everything.url = "https://" + url.PathEscape(canary) + "/" + url.PathEscape(canary)
			found += noCanary(t, everything)
		}
	}
	if found < 5000 {
		t.Errorf("only %d violations were looked at", found)
	}
}

// bodies returns changed forms of a JSON text: canaries in it, around it,
// repeated, and in place of it.
func bodies(text string) []string {
	all := []string{canary, `"` + canary + `"`, text + canary, canary + text, "\ufeff" + canary, "\xff" + canary, strconv.Itoa(canaryNumber)}
	var value any
	if json.Unmarshal([]byte(text), &value) != nil {
		return all
	}
	for _, v := range planted(value) {
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		if err := e.Encode(v); err != nil {
			panic(err)
		}
		all = append(all, b.String())
		// Each planted name a second time, beside itself.
		name := `"` + canary + `":`
		all = append(all, strings.ReplaceAll(b.String(), name, name+"1,"+name))
	}
	return all
}

// noCanary judges a call that is full of canaries, looks for them in what is
// reported, and returns how much that is.
func noCanary(t *testing.T, c call) int {
	t.Helper()
	r := &http.Request{Method: c.method, Header: c.header}
	r.URL, _ = url.Parse(c.url)
	found := contract.Request(c.provider, r, []byte(c.body))
	found = append(found, contract.Response(c.provider, c.operation, c.status, c.answer, []byte(c.text))...)
	for _, v := range found {
		text := strings.ToLower(v.String() + fmt.Sprintf("%#v", v))
		for _, secret := range []string{"c4nary", "jane", strconv.Itoa(canaryNumber), "7.30133"} {
			if strings.Contains(text, secret) {
				t.Fatalf("%s is in %s", secret, v)
			}
		}
	}
	return len(found)
}
