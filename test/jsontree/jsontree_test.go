package jsontree_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kycstart/kycstart/test/jsontree"
)

const document = `{"a":[{"b":1},{"b":null}],"c/d":"<x>"}`

func decoded(t *testing.T) any {
	t.Helper()
	value, err := jsontree.Decode([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	return value
}

func TestPointers(t *testing.T) {
	want := []string{"", "/a", "/a/0", "/a/0/b", "/a/1", "/a/1/b", "/c~1d"}
	if diff := cmp.Diff(want, jsontree.Pointers(decoded(t))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCopies holds each change to its text, and the original to staying as it was.
func TestCopies(t *testing.T) {
	value := decoded(t)
	for _, c := range []struct {
		name string
		got  any
		want string
	}{
		{"replace", jsontree.With(value, "/a/0/b", "x"), `{"a":[{"b":"x"},{"b":null}],"c/d":"<x>"}`},
		{"add", jsontree.With(value, "/e/0/f", true), `{"a":[{"b":1},{"b":null}],"c/d":"<x>","e":[{"f":true}]}`},
		{"replace all", jsontree.With(value, "", 1), `1`},
		{"remove a member", jsontree.Without(value, "/c~1d"), `{"a":[{"b":1},{"b":null}]}`},
		{"remove an item", jsontree.Without(value, "/a/0"), `{"a":[{"b":null}],"c/d":"<x>"}`},
		{"remove deep", jsontree.Without(value, "/a/1/b"), `{"a":[{"b":1},{}],"c/d":"<x>"}`},
		{"remove nothing", jsontree.Without(value, "/a/7"), document},
		{"all", jsontree.All(value, "/a/*/b"), `[1,null]`},
		{"original", value, document},
	} {
		if got := string(jsontree.Encode(c.got)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}
