package peers_test

import (
	"testing"

	"github.com/kycstart/kycstart/test/modules/bench"
	"github.com/kycstart/kycstart/test/modules/bench/peers"
)

// all are the contenders of the bench and the peers, so that they take turns.
func all() []bench.Contender { return append(bench.Contenders(), peers.Contenders()...) }

func TestContenders(t *testing.T) { bench.Check(t, all()) }
func TestUploads(t *testing.T)    { bench.CheckUploads(t, all()) }

func BenchmarkMemory(b *testing.B)         { bench.Memory(b, all()) }
func BenchmarkParallel(b *testing.B)       { bench.Parallel(b, all()) }
func BenchmarkLoopback(b *testing.B)       { bench.Loopback(b, all()) }
func BenchmarkKept(b *testing.B)           { bench.Kept(b, all()) }
func BenchmarkGrowth(b *testing.B)         { bench.Growing(b, all()) }
func BenchmarkUpload(b *testing.B)         { bench.Uploading(b, all()) }
func BenchmarkUploadLoopback(b *testing.B) { bench.UploadingLoopback(b, all()) }
