// Package specdoc loads the documents of specs. (cmd/breaking, modules/secondopinion and
// modules/bench/peers read the files themselves.) A document with a mistake does not load: the error
// names each mistake in one line, by file, line and place.
package specdoc

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	yaml "github.com/oasdiff/yaml3"

	"github.com/kycstart/kycstart/specs"
	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// normalized is the document of the payload that the facade returns.
const normalized = "normalized"

// All returns the documents of the providers, by provider. It fails if any document has a mistake,
// and then says each mistake in one line.
func All() (map[string]*openapi3.T, error) {
	docs, err := documents()
	all := maps.Clone(docs)
	delete(all, normalized)
	return all, err
}

// Normalized returns the schemas of the normalized payload, such as Result and Error. It fails as
// All does.
func Normalized() (openapi3.Schemas, error) {
	docs, err := documents()
	if err != nil {
		return nil, err
	}
	return docs[normalized].Components.Schemas, nil
}

// documents returns all documents, by the names of their files.
var documents = sync.OnceValues(func() (map[string]*openapi3.T, error) {
	names, err := fs.Glob(specs.Files, "*.yaml")
	all := make(map[string]*openapi3.T, len(names))
	for _, name := range names {
		text, failed := specs.Files.ReadFile(name)
		doc, wrong := parse("specs/"+name, text)
		all[strings.TrimSuffix(name, ".yaml")] = doc
		err = errors.Join(err, failed, wrong)
	}
	if err != nil {
		return nil, err
	}
	return all, nil
})

// parse returns a document, or an error with a line for each mistake. They name the file by the
// given name.
func parse(file string, text []byte) (*openapi3.T, error) {
	d := document{file: file, text: text, lines: map[string]int{"": 1}}
	// Each step relies on what the steps before it have checked. So a mistake is reported, and not
	// what only follows from it.
	for _, step := range []func(){d.parsed, d.formed, d.referred, d.loaded, d.whole, d.exemplary} {
		if step(); len(d.mistakes) > 0 {
			slices.SortStableFunc(d.mistakes, func(a, b mistake) int { return cmp.Or(a.line-b.line, strings.Compare(a.place, b.place)) })
			var lines []error
			for _, m := range d.mistakes {
				lines = append(lines, fmt.Errorf("%s:%d: #%s: %s", file, m.line, m.place, m.why))
			}
			return nil, errors.Join(lines...)
		}
	}
	return d.doc, nil
}

// document is a document that is being read.
type document struct {
	file       string
	text       []byte
	value      any            // the document without $ref and x-...
	lines      map[string]int // by JSON pointer
	references map[string]string
	doc        *openapi3.T
	examples   []func() // checks to make if the schemas have no mistake
	mistakes   []mistake
}

type mistake struct {
	line int
	// place is a JSON pointer into the document.
	place, why string
}

// add notes a mistake, unless the same is known of its line: an alias repeats a line at other places.
func (d *document) add(place, why string, words ...any) {
	line, around := d.lines[place], place
	for ; line == 0; line = d.lines[around] { // the nearest place that has a line
		around = around[:strings.LastIndexByte(around, '/')]
	}
	m := mistake{line, place, strings.Join(strings.Fields(fmt.Sprintf(why, words...)), " ")}
	if !slices.ContainsFunc(d.mistakes, func(known mistake) bool { return known.line == m.line && known.why == m.why }) {
		d.mistakes = append(d.mistakes, m)
	}
}

// yamlLine is where YAML says that the part begins which it could not read.
var yamlLine = regexp.MustCompile(`^yaml: (line \d+: )?`)

// parsed reads the document as YAML.
func (d *document) parsed() {
	var root yaml.Node
	if err := yaml.Unmarshal(d.text, &root); err != nil {
		d.lines[""] = broken(d.text)
		d.add("", "no YAML: %s", yamlLine.ReplaceAllString(err.Error(), ""))
		return
	}
	d.references = map[string]string{}
	for _, n := range root.Content {
		d.value = d.read("", n)
	}
}

// broken returns the line at which a text stops being YAML. The parser only reports where the part
// that it could not read begins, which may be a hundred lines earlier.
func broken(text []byte) int {
	end := len(text)
	for end > 0 && yaml.Unmarshal(text[:end], new(yaml.Node)) != nil {
		end = bytes.LastIndexByte(text[:end-1], '\n') + 1
	}
	return 1 + bytes.Count(text[:end], []byte("\n"))
}

// read returns the value of a node, and notes the lines and the references in it.
func (d *document) read(place string, n *yaml.Node) (value any) {
	switch n.Kind {
	case yaml.AliasNode:
		return d.read(place, n.Alias)
	case yaml.MappingNode:
		object := map[string]any{}
		for i := 0; i < len(n.Content); i += 2 {
			key := n.Content[i]
			at := place + "/" + jsontree.Escape(key.Value)
			first, twice := d.lines[at]
			d.lines[at] = key.Line
			if twice {
				d.add(at, "the member already occurs in line %d", first)
			}
			object[key.Value] = d.read(at, n.Content[i+1])
			if strings.HasPrefix(key.Value, "x-") {
				delete(object, key.Value)
			}
		}
		if to, ok := object["$ref"].(string); ok {
			d.references[place+"/$ref"] = to
			return nil
		}
		return object
	case yaml.SequenceNode:
		list := []any{}
		for i, item := range n.Content {
			at := place + "/" + strconv.Itoa(i)
			d.lines[at] = item.Line
			list = append(list, d.read(at, item))
		}
		return list
	}
	if err := n.Decode(&value); err != nil {
		d.add(place, "no YAML: %v", err)
	}
	return value
}

// referred demands that every reference leads to a place in the document.
func (d *document) referred() {
	for at, to := range d.references {
		target, local := strings.CutPrefix(to, "#")
		if !local || d.lines[target] == 0 {
			d.add(at, "there is no %s in this document", to)
		}
	}
}
