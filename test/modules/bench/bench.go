package bench

import (
	"context"
	"net/http"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/kycstart/kycstart/facade"
)

// exchangeOf returns the exchange of case c, or ends the benchmark.
func exchangeOf(b *testing.B, contender Contender, c Case, transport http.RoundTripper, baseURL string) Exchange {
	b.Helper()
	exchange, err := contender.Prepare(c.Provider, transport, baseURL)
	if err != nil {
		b.Fatal(err)
	}
	return exchange
}

// warm has every contender make some exchanges, so that the first one that is
// measured does not pay for what a process does once: the facade would.
func warm(b *testing.B, contenders []Contender, cases []Case) {
	b.Helper()
	for _, c := range cases {
		for _, contender := range contenders {
			exchange := exchangeOf(b, contender, c, memory{c}, "https://provider.test")
			for range 100 {
				if _, err := exchange(context.Background()); err != nil {
					b.Fatal(err)
				}
			}
		}
	}
}

// repeat measures one exchange after the other.
func repeat(b *testing.B, exchange Exchange) {
	b.Helper()
	b.ReportAllocs()
	ctx := context.Background()
	if _, err := exchange(ctx); err != nil { // what is done only once in a program's life
		b.Fatal(err)
	}
	before := processorTime()
	for b.Loop() {
		if _, err := exchange(ctx); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(processorTime()-before)/float64(b.N), "cpu-ns/op")
}

// processorTime is what this process has used of the processors. Unlike the
// clock it does not run on while other processes have them.
func processorTime() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// Memory measures the exchanges without a network.
func Memory(b *testing.B, contenders []Contender) {
	b.Helper()
	each(b, contenders, func(b *testing.B, c Case, contender Contender) {
		b.Helper()
		repeat(b, exchangeOf(b, contender, c, memory{c}, "https://provider.test"))
	})
}

// Parallel measures the exchanges without a network, on all processors at once.
func Parallel(b *testing.B, contenders []Contender) {
	b.Helper()
	each(b, contenders, func(b *testing.B, c Case, contender Contender) {
		b.Helper()
		exchange := exchangeOf(b, contender, c, memory{c}, "https://provider.test")
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			ctx := context.Background()
			for pb.Next() {
				if _, err := exchange(ctx); err != nil {
					b.Error(err)
				}
			}
		})
	})
}

// Loopback measures the exchanges with a server on this machine, over the
// library's own transport: each opens a connection.
func Loopback(b *testing.B, contenders []Contender) {
	b.Helper()
	each(b, contenders, func(b *testing.B, c Case, contender Contender) {
		b.Helper()
		loopback(b, c, contender, facade.NewTransport())
	})
}

// Kept measures the same over connections that are kept open, where less hides
// what a contender does itself.
func Kept(b *testing.B, contenders []Contender) {
	b.Helper()
	each(b, contenders, func(b *testing.B, c Case, contender Contender) {
		b.Helper()
		transport := facade.NewTransport()
		transport.DisableKeepAlives = false
		loopback(b, c, contender, transport)
	})
}

func loopback(b *testing.B, c Case, contender Contender, transport *http.Transport) {
	b.Helper()
	server := serve(c)
	defer server.Close()
	defer transport.CloseIdleConnections()
	repeat(b, exchangeOf(b, contender, c, transport, server.URL))
}

// Growing measures answers of more and more documents.
func Growing(b *testing.B, contenders []Contender) {
	b.Helper()
	contenders = append(slices.Clone(contenders), as)
	var cases []Case
	for _, documents := range Documents {
		c, err := Growth(documents)
		if err != nil {
			b.Fatal(err)
		}
		cases = append(cases, c)
	}
	warm(b, contenders, cases[:1])
	for _, c := range cases {
		for _, contender := range contenders {
			b.Run(c.Name+"/"+contender.Name, func(b *testing.B) {
				b.Helper()
				repeat(b, exchangeOf(b, contender, c, memory{c}, "https://provider.test"))
			})
		}
	}
}

// Uploading measures the sending of images, without a network.
func Uploading(b *testing.B, contenders []Contender) {
	b.Helper()
	eachUpload(b, contenders, func(b *testing.B, c Case, u Upload, contender Contender) {
		b.Helper()
		upload(b, u, contender, memory{c}, "https://provider.test")
	})
}

// UploadingLoopback measures the sending of images to a server on this machine.
func UploadingLoopback(b *testing.B, contenders []Contender) {
	b.Helper()
	eachUpload(b, contenders, func(b *testing.B, c Case, u Upload, contender Contender) {
		b.Helper()
		server := serve(c)
		defer server.Close()
		upload(b, u, contender, facade.NewTransport(), server.URL)
	})
}

func eachUpload(b *testing.B, contenders []Contender, run func(*testing.B, Case, Upload, Contender)) {
	b.Helper()
	c, err := qoloCase()
	if err != nil {
		b.Fatal(err)
	}
	for _, u := range Uploads {
		for _, contender := range contenders {
			if contender.Upload != nil {
				b.Run(u.String()+"/"+contender.Name, func(b *testing.B) { run(b, c, u, contender) })
			}
		}
	}
}

func upload(b *testing.B, u Upload, contender Contender, transport http.RoundTripper, baseURL string) {
	b.Helper()
	exchange, err := contender.Upload(Images{Count: u.Count, Bytes: Picture(u.Size)}, transport, baseURL)
	if err != nil {
		b.Fatal(err)
	}
	repeat(b, AtOnce(u.Senders, exchange))
}

// each runs every contender on every case, those of one case in a row: what
// disturbs the machine for a moment disturbs them all.
func each(b *testing.B, contenders []Contender, run func(*testing.B, Case, Contender)) {
	b.Helper()
	cases, err := Cases()
	if err != nil {
		b.Fatal(err)
	}
	warm(b, contenders, cases)
	for _, c := range cases {
		for _, contender := range contenders {
			b.Run(c.Name+"/"+contender.Name, func(b *testing.B) { run(b, c, contender) })
		}
	}
}
