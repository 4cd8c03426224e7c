package bench_test

import (
	"testing"

	"github.com/kycstart/kycstart/test/modules/bench"
)

func TestContenders(t *testing.T) {
	if err := bench.Check(bench.Contenders()); err != nil {
		t.Error(err)
	}
}
