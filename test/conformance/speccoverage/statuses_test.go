package speccoverage_test

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/internal/inventory"
)

// TestStatuses holds what the facade calls documented to the statuses and media
// types of each spec, over all that there are.
func TestStatuses(t *testing.T) {
	forEach(t, func(t *testing.T, p facade.Provider, spec *inventory.Inventory) {
		for status := 100; status < 600; status++ {
			for _, media := range []string{"application/json", "application/problem+json", "text/html", ""} {
				response, documented := spec.Responses[strconv.Itoa(status)]
				if len(response.Content) > 0 {
					documented = slices.Contains(response.Content, media)
				}
				e := answered(p, status, media, "{}")
				taken := e.Result != nil && e.Result.Documented
				var failed *facade.Error
				if errors.As(e.Err, &failed) {
					taken = failed.Documented
				}
				answer := fmt.Sprintf("%d %s", status, media)
				switch {
				case documented && !taken:
					t.Errorf("specs/%s.yaml has the response %s, and the facade takes it for undocumented: "+
						"add it to what is documented in facade/%s.go, and what it means to toResult or toError", p, answer, p)
				case taken && !documented:
					t.Errorf("specs/%s.yaml has no response %s, and the facade takes it for documented: "+
						"take it out of what is documented in facade/%s.go", p, answer, p)
				}
			}
		}
	})
}
