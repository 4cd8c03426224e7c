package facade

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// TestReadAll: a body is read up to the limit, whatever length it claims to have.
func TestReadAll(t *testing.T) {
	for _, claimed := range []int64{math.MinInt64, -1, 0, 1, 5, 6, math.MaxInt64 - 1, math.MaxInt64} {
		for limit, want := range map[int64]string{4: "body", 5: "body!", 6: "body!", math.MaxInt64: "body!"} {
			got, err := readAll(t.Context(), strings.NewReader("body!"), claimed, limit)
			if string(got) != want || errors.Is(err, errTooLarge) != (limit < 5) {
				t.Errorf("claiming %d bytes, at most %d: %q, %v", claimed, limit, got, err)
			}
		}
	}
}
