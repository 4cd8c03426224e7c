package bench_test

import (
	"testing"

	"github.com/kycstart/kycstart/test/modules/bench"
)

func BenchmarkMemory(b *testing.B)   { bench.Memory(b, bench.Contenders()) }
func BenchmarkParallel(b *testing.B) { bench.Parallel(b, bench.Contenders()) }
func BenchmarkLoopback(b *testing.B) { bench.Loopback(b, bench.Contenders()) }
func BenchmarkKept(b *testing.B)     { bench.Kept(b, bench.Contenders()) }
func BenchmarkGrowth(b *testing.B)   { bench.Growing(b, bench.Contenders()) }
func BenchmarkUpload(b *testing.B)   { bench.Uploading(b, bench.Contenders()) }
func BenchmarkUploadLoopback(b *testing.B) {
	bench.UploadingLoopback(b, bench.Contenders())
}
