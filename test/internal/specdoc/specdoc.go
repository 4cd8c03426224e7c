// Package specdoc loads the documents of specs. Nothing else does. A document with a mistake does
// not load: the error names each mistake in one line, by file, line and place.
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
	"strings"
	"sync"

	"github.com/getkin/kin-openapi/openapi3"
	yaml "github.com/oasdiff/yaml3"

	"github.com/kycstart/kycstart/specs"
)

// Mistakes lists everything that is wrong with documents, by file and line.
type Mistakes []mistake

type mistake struct {
	file string // such as "specs/vault.yaml"
	line int
	// place is a JSON pointer into the document.
	place, why string
}

// Error returns one line for each mistake.
func (all Mistakes) Error() string {
	var lines []string
	for _, m := range all {
		lines = append(lines, fmt.Sprintf("%s:%d: #%s: %s", m.file, m.line, m.place, strings.Join(strings.Fields(m.why), " ")))
	}
	return strings.Join(lines, "\n")
}

// All returns the documents of this module that have an operation, by provider. It fails with
// [Mistakes] if one of them has a mistake, or if the document of the normalized payload has one.
var All = sync.OnceValues(func() (map[string]*openapi3.T, error) {
	names, err := fs.Glob(specs.Files, "*.yaml")
	all := make(map[string]*openapi3.T, len(names))
	var wrong Mistakes
	for _, name := range names {
		text, failed := specs.Files.ReadFile(name)
		doc, mistakes := Parse("specs/"+name, text)
		wrong, err = append(wrong, mistakes...), errors.Join(err, failed)
		if doc != nil && doc.Paths.Len() > 0 {
			all[strings.TrimSuffix(name, ".yaml")] = doc
		}
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return all, err
})

// Normalized returns the schemas of the normalized payload, such as Result and Error.
var Normalized = sync.OnceValues(func() (openapi3.Schemas, error) {
	const name = "normalized.yaml"
	text, err := specs.Files.ReadFile(name)
	if err != nil {
		return nil, err
	}
	doc, mistakes := Parse("specs/"+name, text)
	if len(mistakes) > 0 {
		return nil, mistakes
	}
	return doc.Components.Schemas, nil
})

// Parse returns a document, or what is wrong with it. The mistakes name the file by the given name.
func Parse(file string, text []byte) (*openapi3.T, Mistakes) {
	d := &document{file: file, lines: map[string]int{"": 1}, anchors: map[*yaml.Node]string{}, moved: map[string]string{}}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		d.lines[""] = broken(text)
		d.add("", "no YAML: %s", yamlWords.ReplaceAllString(err.Error(), ""))
		return nil, d.mistakes
	}
	if len(root.Content) == 0 {
		d.add("", "no document")
		return nil, d.mistakes
	}
	d.form("", "document", root.Content[0])
	d.referred()
	// Do not report what only follows from a mistake.
	doc := new(openapi3.T)
	if len(d.mistakes) == 0 {
		doc = d.load(text)
	}
	if len(d.mistakes) == 0 {
		d.whole(doc)
	}
	if len(d.mistakes) == 0 {
		for _, fits := range d.values {
			fits()
		}
	}
	if len(d.mistakes) == 0 {
		return doc, nil
	}
	slices.SortStableFunc(d.mistakes, func(a, b mistake) int { return cmp.Or(a.line-b.line, strings.Compare(a.place, b.place)) })
	return nil, d.mistakes
}

// broken returns the line at which a text stops being YAML. The parser only reports where the part
// that it could not read begins, which may be a hundred lines earlier.
func broken(text []byte) int {
	for end := len(text); end > 0; end = bytes.LastIndexByte(text[:end-1], '\n') + 1 {
		if yaml.Unmarshal(text[:end], new(yaml.Node)) == nil {
			return 1 + bytes.Count(text[:end], []byte("\n"))
		}
	}
	return 1
}

var yamlWords = regexp.MustCompile(`(?s)^yaml: (line \d+: )?`)

// document is a document that is being read.
type document struct {
	file       string
	lines      map[string]int // by JSON pointer
	anchors    map[*yaml.Node]string
	moved      map[string]string // where an alias or a reference leads, by its own place
	references []reference
	values     []func() // checks to make if the schemas have no mistake
	mistakes   Mistakes
}

// reference is a $ref, at a place where a certain kind of object must be.
type reference struct{ at, to, kind string }

func (d *document) add(place, why string, words ...any) {
	// A part that an alias or a reference repeats is reported only once, at the place where it is
	// written.
	at := ""
	for token := range strings.SplitSeq(strings.TrimPrefix(place, "/"), "/") {
		at += "/" + token
		for d.moved[at] != "" {
			at = d.moved[at]
		}
	}
	place = strings.TrimSuffix(at, "/")
	m := mistake{d.file, d.line(place), place, fmt.Sprintf(why, words...)}
	if !slices.Contains(d.mistakes, m) {
		d.mistakes = append(d.mistakes, m)
	}
}

// line returns the line of a place, or of the nearest place around it.
func (d *document) line(place string) int {
	for {
		if n, ok := d.lines[place]; ok {
			return n
		}
		place = place[:strings.LastIndexByte(place, '/')]
	}
}

// referred demands that every reference leads to a component of the right kind, and that every
// component is referred to. A document without paths consists of components only.
func (d *document) referred() {
	used := map[string]bool{}
	for _, r := range d.references {
		target, local := strings.CutPrefix(r.to, "#")
		used[target] = true
		switch {
		case !local:
			d.add(r.at, "%s is not in this document: a document is complete in itself", r.to)
		case d.lines[target] == 0:
			d.add(r.at, "there is no %s", r.to)
		case !strings.HasPrefix(target, "/components/"+sections[r.kind]+"/"):
			d.add(r.at, "%s is not in components/%s", r.to, sections[r.kind])
		}
	}
	for _, r := range d.references {
		d.moved[strings.TrimSuffix(r.at, "/$ref")] = strings.TrimPrefix(r.to, "#")
	}
	places := slices.Sorted(maps.Keys(d.lines))
	if len(d.mistakes) > 0 || !slices.ContainsFunc(places, func(place string) bool { return strings.HasPrefix(place, "/paths/") }) {
		return
	}
	for _, place := range places {
		if component.MatchString(place) && !used[place] && d.lines[place+"/"+unused] == 0 {
			d.add(place, "nothing refers to this component: take it out, or say why it stays in its %s", unused)
		}
	}
}

var component = regexp.MustCompile(`^/components/(schemas|responses|parameters|headers|requestBodies)/[^/]+$`)

// unused is the extension that says why a component exists although nothing refers to it.
const unused = "x-unused-because"
