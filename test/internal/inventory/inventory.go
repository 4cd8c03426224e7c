// Package inventory reduces an OpenAPI document to the facts of one operation: what a client must
// send, and what it may get. Descriptions and the names of schemas are not facts. The inventories
// of the providers' own documents are in specs/sources. Other tests use the same facts of the
// specs.
package inventory

import (
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Inventory holds the facts of one operation.
type Inventory struct {
	// Document and Date tell which document the facts were taken from, and when that document was
	// read. They are not facts.
	Document string `json:"document"`
	Date     string `json:"date"`
	// Facts are by place: "document", "operation POST /start", "server https://api.example",
	// "security key", "parameter path id", "request", "response 404", "response 404 header Location",
	// "response 404 content application/json", "component Person". The values in a body follow it by
	// JSON pointer, such as "request /documents/*/type". There "/" is the body itself, a star means
	// the items of a list or the keys of a map, and "|1" is the first alternative of a union. If
	// another media type has another body, its values follow the media type.
	Facts map[string]Facts `json:"facts"`

	// Operation is the method and the path, such as "POST /start". ID is the operationId. Source is
	// the name of the file in specs/sources that describes the operation. For the start it is the
	// provider. For a look-up, whose facts come from elsewhere, the operationId follows the provider.
	Operation, ID, Source string `json:"-" yaml:"-"`
}

// Facts are what a document says of one place, by the keywords of JSON Schema, as JSON has them.
// These differ:
//   - type has all types of the value, such as "integer or string", but not null. It is "one of" or
//     "any of" for a union, whose alternatives have places of their own.
//   - required and nullable are true or absent, for the value itself. A const is an enum of one value.
//   - additional is "closed" or "open", if the document says whether an object may have members that
//     are not listed.
//   - style is how a list is sent as a parameter, such as "form" (commas between the items) or "form,
//     exploded" (one parameter for each item).
//   - recursive marks an object inside another object of its kind. Its facts are not repeated.
//   - example lists the values that it has in its own examples and in those of the values around it.
type Facts map[string]any

// Upstream is the keyword for values that are known from elsewhere. They are not facts of the
// document.
const Upstream = "x-upstream-values"

// Is reports whether a fact is there and true.
func (f Facts) Is(keyword string) bool {
	is, _ := f[keyword].(bool)
	return is
}

// List returns a fact that is a list, or nil.
func (f Facts) List(keyword string) []any {
	list, _ := f[keyword].([]any)
	return list
}

// Field is what is known of a value: its facts, or those of all alternatives if it is a union.
type Field []Facts

// Required reports whether the value must be there.
func (f Field) Required() bool {
	return slices.ContainsFunc(f, func(one Facts) bool { return one.Is("required") })
}

var alternative = regexp.MustCompile(`\|\d+|/$`)

// Under returns what is known of the places that begin with a word or more, by the rest of the place.
// That rest is without the marks of alternatives, and empty for a body itself.
func (v *Inventory) Under(words string) map[string]Field {
	all := map[string]Field{}
	for _, at := range slices.Sorted(maps.Keys(v.Facts)) {
		if rest, under := strings.CutPrefix(at, words+" "); under {
			place := alternative.ReplaceAllString(rest, "")
			all[place] = append(all[place], v.Facts[at])
		}
	}
	return all
}

// Message is a request or a response.
type Message struct {
	// Content lists the media types. It is empty if the body is not described.
	Content []string
	// Fields are the values of the body by place. The body itself is at "".
	Fields map[string]Field
}

// Message returns the message at a place: "request", or a response such as "response 404".
func (v *Inventory) Message(at string) Message {
	m := Message{Fields: v.Under(at)}
	maps.DeleteFunc(m.Fields, func(place string, _ Field) bool {
		if media, is := strings.CutPrefix(place, "content "); is && !strings.Contains(media, " ") {
			m.Content = append(m.Content, media)
		}
		return place != "" && place[0] != '/'
	})
	slices.Sort(m.Content)
	return m
}

// Responses returns the responses by status.
func (v *Inventory) Responses() map[string]Message {
	all := map[string]Message{}
	for status := range v.Under("response") {
		if !strings.Contains(status, " ") {
			all[status] = v.Message("response " + status)
		}
	}
	return all
}

// Leaves returns the places in the body that hold plain values, or objects and lists of which no more
// is known.
func (m Message) Leaves() map[string]Field {
	leaves := maps.Clone(m.Fields)
	for place := range m.Fields {
		if end := strings.LastIndexByte(place, '/'); end >= 0 {
			delete(leaves, place[:end])
		}
	}
	return leaves
}

// Place returns the place that a JSON pointer into an actual body leads to, or the pointer itself if
// the document does not have that place.
func (m Message) Place(pointer string) (place string) {
	for _, token := range strings.Split(pointer, "/")[1:] {
		named := place + "/" + token
		if place += "/*"; m.Fields[named] != nil {
			place = named
		}
		if m.Fields[place] == nil {
			return pointer
		}
	}
	return place
}

// Value is one listed value of a field in the answers.
type Value struct {
	Place string
	Value any
	// Upstream tells that the document's source does not have the value.
	Upstream bool
}

// Text returns the value as JSON.
func (v Value) Text() string { return text(v.Value) }

// String returns the value and its place.
func (v Value) String() string {
	return v.Text() + " in " + v.Place + map[bool]string{true: " (x-upstream-values)"}[v.Upstream]
}

// Values returns the values of all enums in the answers, including the upstream ones. For a field
// with only upstream values it also returns the example.
func (v *Inventory) Values() []Value {
	all := map[string]Value{}
	for _, response := range v.Responses() {
		for place, field := range response.Fields {
			for _, facts := range field {
				listed := facts.List("enum")
				if example := facts.List("example"); facts[Upstream] != nil && listed == nil && example != nil {
					listed = example[:1]
				}
				upstream := facts.List(Upstream)
				for i, value := range slices.Concat(listed, upstream) {
					v := Value{place, value, i >= len(listed)}
					all[v.String()] = v
				}
			}
		}
	}
	return slices.SortedFunc(maps.Values(all), func(a, b Value) int { return strings.Compare(a.String(), b.String()) })
}
