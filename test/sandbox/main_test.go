package sandbox_test

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"github.com/kycstart/kycstart/test/fixtures"
)

// TestMain demands that no sandbox leaves a goroutine behind.
func TestMain(m *testing.M) {
	if err := fixtures.Complete(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	goleak.VerifyTestMain(m)
}
