// Package privacy_test plants a canary in every text that goes into the facade or comes back from a
// provider. It then looks for the canaries in everything that can be printed or logged of what the
// facade returns.
//
// A text may need a form to be accepted, such as that of a URL. Then the form is put around its
// canary. New fields of configurations, requests, results and response schemas are found by
// reflection.
package privacy_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
