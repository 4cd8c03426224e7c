package facade

import (
	"net/http"
	"strings"
	"testing"
)

// TestRequestIDPrints: support asks for the request id, so that texts and logs have it,
// if it is a plain token and came whole. Anything else in that header may be data.
func TestRequestIDPrints(t *testing.T) {
	const characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	for id, prints := range map[string]bool{
		"8ac1f5d2-42.a_b:c": true, characters: true, strings.Repeat("7", 128): true, strings.Repeat("7", 129): false, "": false,
		"jane@shop.example": false, "Jane Doe": false, "a/b": false, "a=b": false, "é": false, `"quoted"`: false, "line\nend": false,
	} {
		came := &answer{header: http.Header{requestIDHeader: {id}}}
		if came.prints(came.requestID()) != prints {
			t.Errorf("%q prints: %t", id, !prints)
		}
		if (*answer)(nil).prints(id) != prints { // as read back from JSON
			t.Errorf("%q prints when it was read back: %t", id, !prints)
		}
	}
}
