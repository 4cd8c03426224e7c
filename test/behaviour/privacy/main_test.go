// Package privacy_test plants a canary in every text that goes into the facade
// or comes back from a provider, and looks for them in everything that can be
// printed or logged of what the facade returns.
//
// What a text needs to be accepted, such as the form of a URL, stands around its
// canary. New fields of configurations, requests, results and response schemas
// are found by reflection.
package privacy_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
