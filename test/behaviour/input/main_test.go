// Package input_test holds the facade to what it does with everything that
// comes in from outside: requests and configurations of the caller's, and
// answers of the providers'. Nothing here needs a network but loopback.
package input_test

import (
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
