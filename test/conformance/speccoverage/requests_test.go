package speccoverage_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/jsontree"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// request sets every field of the facade's request. Then every property and parameter of the spec's
// request must be sent, or be listed in "leftOut", and must have the limits of the spec. It also
// leaves out each field of the facade's request in turn. That must change what is sent.
func (c *coverage) request() {
	tree := c.full()
	whole, _ := send(tree)
	if whole.Sent == nil {
		c.Fatalf("the full request was not sent: %v", whole.Err)
	}
	if v := contract.Request(string(c.p), whole.Sent, whole.Body); len(v) > 0 {
		c.Errorf("the spec rejects the full request: %v", v)
	}
	places := c.spec.Under("parameter")
	maps.Copy(places, c.spec.Message("request").Fields)
	delete(places, "")
	for place, field := range places {
		pointer := strings.ReplaceAll(place, "*", "0")
		if _, name, parameter := strings.Cut(place, " "); parameter {
			pointer = "/" + name
		}
		values := jsontree.All(tree, pointer)
		c.demand(len(values) > 0, "leftOut", place, "", "specs/%s.yaml: the request has %s, and no field of the facade is sent as it: "+
			"add it to the request in facade/%[1]s.go and to Full in test/fixtures/%[1]s.go", c.p, place)
		for _, value := range values {
			c.limit(place, "absent", jsontree.Without(tree, pointer), !field.Required())
			for words, edge := range field.Edges(value) {
				c.limit(place, words, jsontree.With(tree, pointer, edge), field.Allow(edge))
			}
		}
	}
	for _, pointer := range jsontree.Pointers(tree)[1:] {
		if less, ok := send(jsontree.Without(tree, pointer)); ok && less.Sent != nil && bytes.Equal(wire(less), wire(whole)) {
			c.Errorf("facade/%s.go: %s changes nothing of what is sent: send it, or remove it", c.p, pointer)
		}
	}
}

// full returns a request in which every field is set, as the JSON of [facade.MarshalRequest]. That
// JSON has the names of the document.
func (c *coverage) full() any {
	r := fixtures.Of(c.p).Full()
	if qolo, ok := r.(*facade.QoloRequest); ok {
		file := filepath.Join(c.TempDir(), "image.bmp")
		err := os.WriteFile(file, []byte("BM"), 0o600)
		image, failed := facade.QoloImageFile(file)
		if err := errors.Join(err, failed); err != nil {
			c.Fatal(err)
		}
		qolo.Document.Front, qolo.Document.Back, qolo.Document.FaceImage = image, image, image
	}
	text, err := facade.MarshalRequest(r)
	tree, failed := jsontree.Decode(text)
	if err := errors.Join(err, failed); err != nil {
		c.Fatal(err)
	}
	return tree
}

// send starts KYC with a request of this JSON. It reports false if the Go types cannot hold the
// JSON, because then nobody can send it.
func send(tree any) (replay.Exchange, bool) {
	request, err := facade.UnmarshalRequest(jsontree.Encode(tree))
	if err != nil {
		return replay.Exchange{}, false
	}
	return replay.Start(request, replay.Answer{Status: 500}), true
}

// wire returns what was sent, without the headers that do not come from the request.
func wire(e replay.Exchange) []byte {
	h := e.Sent.Header
	return append([]byte(e.Sent.URL.String()+"\n"+h.Get("Authorization")+"\n"+h.Get("IdempotencyKey")+"\n"), e.Body...)
}

// limit compares the facade's own validation with the spec, which allows a changed request or does
// not. What the spec does not allow must be refused before anything is sent, by an error that names
// the field. What the spec allows must be sent.
func (c *coverage) limit(place, words string, changed any, allowed bool) {
	e, holds := send(changed)
	switch {
	case !holds:
	case allowed:
		c.demand(e.Sent != nil, "stricter", place, words, "specs/%s.yaml allows %s: %s, and the facade refuses it (%v): "+
			"allow it in check of facade/%[1]s.go", c.p, place, words, e.Err)
	case e.Sent != nil:
		c.Errorf("specs/%s.yaml does not allow %s: %s, and the facade sends it: "+
			"refuse it in check of facade/%[1]s.go", c.p, place, words)
	case !names(e.Err, place):
		c.Errorf("facade/%s.go: %s: %s is refused, and the error does not name the field: %v", c.p, place, words, e.Err)
	}
}

// names reports whether a refusal is about the field at a place, or about parts of it, and about
// nothing else.
func names(err error, place string) bool {
	var refused *facade.Error
	if !errors.As(err, &refused) || refused.Kind != facade.KindInvalidRequest || refused.Started != facade.StartedNo {
		return false
	}
	want := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(place, "path "), "/"), "/*")
	return !slices.ContainsFunc(refused.Fields, func(f facade.FieldError) bool {
		return !below(strings.ReplaceAll(strings.ReplaceAll(f.Path, "[0]", "/*"), ".", "/"), want)
	})
}

// constant matches a constant in facade/*_constants.go, with the comment before it.
var constant = regexp.MustCompile(`(?m)^((?:\t//.*\n)*)\t([A-Z]\w*) +(\w+) += "?([^"\s]+)`)

// words: for every list of values in the spec of a request, the facade must have a type with a
// constant for each value, and no other constant. Each constant must have a doc line.
func (c *coverage) words() {
	file := "facade/" + string(c.p) + "_constants.go"
	source, _ := os.ReadFile("../../../" + file) // not every provider has constants
	declared, listed := map[string][]any{}, map[string]bool{}
	for _, match := range constant.FindAllStringSubmatch(string(source), -1) {
		if !strings.HasPrefix(match[1], "\t// "+match[2]+" ") {
			c.Errorf("%s: %s has no doc line that begins with its name", file, match[2])
		}
		declared[match[3]] = append(declared[match[3]], match[4])
	}
	types := map[string]string{}
	for name, values := range declared {
		types[sorted(values)] = name
	}
	for place, field := range c.spec.Message("request").Fields {
		values := sorted(slices.Concat(field[0].List("enum"), field[0].List(inventory.Upstream)))
		listed[values] = true
		c.demand(types[values] != "" || values == sorted(nil), "leftOut", place, "", "specs/%s.yaml lists %s for %s, "+
			"and no type of %s has these constants: there are %v", c.p, values, place, file, types)
	}
	for values, name := range types {
		if !listed[values] {
			c.Errorf("facade.%s has the constants %s, and specs/%s.yaml lists no such values: take them out", name, values, c.p)
		}
	}
}

// sorted returns values, which have no blanks, as one text, whatever their order.
func sorted(values []any) string {
	texts := strings.Fields(fmt.Sprintln(values...))
	slices.Sort(texts)
	return fmt.Sprintf("%q", texts)
}
