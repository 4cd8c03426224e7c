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
	Operation, ID, Source string `json:"-"`
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

// List returns a fact that is a list, or nil.
func (f Facts) List(keyword string) []any {
	list, _ := f[keyword].([]any)
	return list
}

// Under returns the facts of the places that begin with a word or more, by the rest of the place.
func (v *Inventory) Under(words string) map[string]Facts {
	all := map[string]Facts{}
	for at, facts := range v.Facts {
		if rest, under := strings.CutPrefix(at, words+" "); under {
			all[rest] = facts
		}
	}
	return all
}

// Message is a request or a response.
type Message struct {
	// Content lists the media types. It is empty if the body is not described.
	Content []string
	// Fields are the facts of the values of the body by JSON pointer.
	Fields map[string]Facts
}

// Message returns the message at a place: "request", or a response such as "response 404".
func (v *Inventory) Message(at string) Message {
	m := Message{Fields: v.Under(at)}
	for place := range m.Fields {
		if media, is := strings.CutPrefix(place, "content "); is && !strings.Contains(media, " ") {
			m.Content = append(m.Content, media)
		}
	}
	slices.Sort(m.Content)
	maps.DeleteFunc(m.Fields, func(place string, _ Facts) bool { return !strings.HasPrefix(place, "/") })
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

var alternative = regexp.MustCompile(`\|\d+|/$`)

// Place returns a pointer without the marks of alternatives. That is the place of the value in a
// body, and "" for the body itself.
func Place(pointer string) string { return alternative.ReplaceAllString(pointer, "") }

// At returns what is known of a place: the facts of the value, or those of all alternatives if it
// is a union.
func (m Message) At(place string) (all []Facts) {
	for _, pointer := range slices.Sorted(maps.Keys(m.Fields)) {
		if Place(pointer) == place {
			all = append(all, m.Fields[pointer])
		}
	}
	return all
}

// Leaves returns, in order, the places in the body that hold plain values, or objects and lists of
// which no more is known.
func (m Message) Leaves() (leaves []string) {
	around := map[string]bool{"": true}
	for pointer := range m.Fields {
		place := Place(pointer)
		leaves = append(leaves, place)
		around[place[:max(0, strings.LastIndexByte(place, '/'))]] = true
	}
	slices.Sort(leaves)
	return slices.DeleteFunc(slices.Compact(leaves), func(place string) bool { return around[place] })
}

// PlaceOf returns the place that a JSON pointer into an actual body leads to. It returns false if
// the document does not have that place.
func (m Message) PlaceOf(pointer string) (place string, known bool) {
	for _, token := range strings.Split(pointer, "/")[1:] {
		switch {
		case m.At(place+"/"+token) != nil:
			place += "/" + token
		case m.At(place+"/*") != nil:
			place += "/*"
		default:
			return "", false
		}
	}
	return place, len(m.Fields) > 0
}
