package speccoverage_test

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// statuses compares what the facade calls documented with the statuses and media types of the spec.
// It tries every status.
func (c *coverage) statuses() {
	responses := c.spec.Responses()
	for status := 100; status < 600; status++ {
		for _, media := range []string{"application/json", "application/problem+json", "text/html", ""} {
			response, documented := responses[strconv.Itoa(status)]
			if len(response.Content) > 0 {
				documented = slices.Contains(response.Content, media)
			}
			answer := replay.Answer{Status: status, Header: http.Header{"Content-Type": {media}}, Body: []byte("{}")}
			taken := strings.Contains(outcome(c.p, answer), `"documented":true`)
			if documented != taken {
				c.Errorf("specs/%s.yaml has the response %d %s: %t, and the facade takes it for documented: %t: "+
					"change what is documented in facade/%[1]s.go, and what it means to toResult or toError",
					c.p, status, media, documented, taken)
			}
		}
	}
}

// properties demands that every property of an answer changes the outcome. (All properties reach
// the caller through Result.As and RawBody.)
func (c *coverage) properties() {
	for status, response := range c.spec.Responses() {
		answers := slices.DeleteFunc(slices.Clone(c.bases), func(b base) bool { return b.Rejected || strconv.Itoa(b.Status) != status })
		kind := "error"
		if strings.HasPrefix(status, "2") {
			kind = "answer"
		}
		for place, field := range response.Leaves() {
			mapped := slices.ContainsFunc(answers, func(b base) bool { return b.depends(place, field) })
			c.demand(mapped, "unmappedProperties", kind+" "+place, "", "specs/%s.yaml: the response %s has %s, "+
				"and it makes no difference to what the facade returns: map it in facade/%[1]s.go, "+
				"add a fixture that has it to test/fixtures/%[1]s", c.p, status, place)
		}
	}
}

// depends reports whether the outcome of an answer depends on what is at a place. It tries the
// fixture's own value, values that the spec allows, and no value. It tries them with the rest of
// the fixture around them, and with nothing around them, because some properties stand in for
// others.
func (b base) depends(place string, field inventory.Field) bool {
	pointer := strings.ReplaceAll(place, "*", "0")
	values := append(jsontree.All(b.body, pointer), false, true, []any{}, map[string]any{}, map[string]any{"key": "value"})
	for _, edge := range field.Edges(nil) {
		if text, _ := edge.(string); len(text) < 1000 { // very long ones take long, and say no more
			values = append(values, edge)
		}
	}
	for _, body := range []any{b.body, map[string]any{}} {
		around := jsontree.With(body, pointer, nil)
		first := b.outcome(jsontree.Without(around, pointer))
		for _, value := range values {
			if field.Allow(value) && b.outcome(jsontree.With(around, pointer, value)) != first {
				return true
			}
		}
	}
	return false
}

// literal matches a word in quotes in a Go file.
var literal = regexp.MustCompile(`"([A-Za-z][A-Za-z0-9_.:-]*)"`)

// values demands that the facade tells every listed value of an answer from an unknown one. Every
// value that the facade knows must be in the spec: every word of the facade's own source is tried.
func (c *coverage) values() {
	tried := map[string]bool{}
	for _, v := range c.spec.Values() {
		tried[v.Place+" "+v.Text()] = true
		c.demand(c.knows(v), "unmappedValues", v.Place, v.Text(), "specs/%s.yaml: %s: the facade takes it for an unknown value: "+
			"map it in facade/%[1]s.go", c.p, v)
	}
	source, err := os.ReadFile("../../../facade/" + string(c.p) + ".go")
	if err != nil {
		c.Fatal(err)
	}
	for _, match := range literal.FindAllStringSubmatch(string(source), -1) {
		for _, response := range c.spec.Responses() {
			for place := range response.Leaves() {
				v := inventory.Value{Place: place, Value: match[1]}
				if tried[place+" "+v.Text()] {
					continue
				}
				tried[place+" "+v.Text()] = true
				c.demand(!c.knows(v), "unlistedValues", place, v.Text(), "facade/%s.go knows %s, and specs/%[1]s.yaml does not list it: "+
					"add it to the enum or to x-upstream-values with a fixture, or take it out", c.p, v)
			}
		}
	}
}

// knows reports whether the facade knows a value of an answer. It does if the value leads to another
// outcome than an unknown value, apart from being repeated in it.
func (c *coverage) knows(v inventory.Value) bool {
	var unknown any = "zz_unlisted"
	if _, text := v.Value.(string); !text {
		unknown = 987
	}
	at := regexp.MustCompile("^" + strings.ReplaceAll(regexp.QuoteMeta(v.Place), `\*`, "[^/]*") + "$")
	for _, b := range c.bases {
		for _, pointer := range jsontree.Pointers(b.body) {
			if !at.MatchString(pointer) {
				continue
			}
			with := b.outcome(jsontree.With(b.body, pointer, v.Value))
			without := b.outcome(jsontree.With(b.body, pointer, unknown))
			if with != strings.ReplaceAll(without, quoted(unknown), quoted(v.Value)) {
				return true
			}
		}
	}
	return false
}

// quoted returns a value as text, which is how an outcome repeats it.
func quoted(value any) string { return strconv.Quote(fmt.Sprint(value)) }
