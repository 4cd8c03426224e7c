package input_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/jsontree"
)

// exposed are the words of a provider's that a Result holds, as pointers into its
// payload. The link, the widget's object and a question's key are no words: they are
// handed on as they came, or not at all.
var exposed = []string{
	"/checks/0/date", "/checks/0/document_type", "/checks/0/method", "/checks/0/provider_name", "/checks/0/provider_reference",
	"/checks/0/reason_code", "/checks/0/response_code", "/checks/0/result", "/id", "/level",
	"/next/questions/0/options/0", "/next/questions/0/prompt", "/provider_status",
}

// anyIndex is where a list stands in a pointer.
var anyIndex = regexp.MustCompile(`/[0-9]+`)

// maxWord is how long a word may be at most, in characters, whatever it is.
const maxWord = 1000

// TestResultWords puts a hostile text in the place of every text of every answer that
// confirms a start: a Result that comes of it holds no word that is too long, or more
// than a line.
func TestResultWords(t *testing.T) {
	const mark = "✂"
	hostile := mark + "\x1b]0;title\x07\x00\r\n\u2028\u202e\u2066" + strings.Repeat("é", 5000)
	seen := map[string]bool{}
	cases, err := fixtures.All()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		body, err := jsontree.Decode(c.Body)
		if err != nil || c.Status/100 != 2 {
			continue
		}
		for _, pointer := range jsontree.Pointers(body) {
			if _, isText := jsontree.All(body, pointer)[0].(string); !isText {
				continue
			}
			w := &wire{answer: jsonAnswer(c.Status, string(jsontree.Encode(jsontree.With(body, pointer, hostile))))}
			res, err := w.start(t, fixtures.Start(facade.Provider(c.Provider)))
			if err != nil {
				continue
			}
			payload, err := jsontree.Decode(mustJSON(res))
			if err != nil {
				t.Fatal(err)
			}
			for _, at := range jsontree.Pointers(payload) {
				word, isText := jsontree.All(payload, at)[0].(string)
				if !isText || !strings.Contains(word, mark) || strings.HasPrefix(at, "/next/widget") || at == "/next/url" {
					continue
				}
				seen[anyIndex.ReplaceAllString(at, "/0")] = true
				n := utf8.RuneCountInString(word)
				more := strings.ContainsFunc(word, func(r rune) bool {
					return unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control)
				})
				if n > maxWord || more {
					t.Errorf("test/fixtures/%s.http with a hostile %s: %s of the Result has %d characters, control characters: %t", c.Name, pointer, at, n, more)
				}
			}
		}
	}
	if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, exposed) {
		t.Errorf("a hostile text is seen in %v of Results, want %v", got, exposed)
	}
}
