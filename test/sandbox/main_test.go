package sandbox_test

import (
	"testing"

	"go.uber.org/goleak"
)

// TestMain demands that no sandbox leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
