package bench_test

import (
	"testing"

	"github.com/kycstart/kycstart/test/modules/bench"
)

func TestContenders(t *testing.T) { bench.Check(t, bench.Contenders()) }

func TestUploads(t *testing.T) { bench.CheckUploads(t, bench.Contenders()) }
