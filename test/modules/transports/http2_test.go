package transports

import (
	"bytes"
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// http2Origin speaks HTTP/2. It reads the first requests completely and then resets their streams,
// one for each code. It answers the next request.
type http2Origin struct {
	*httptest.Server
	resets []http2.ErrCode
	answer fixtures.Case

	connections sync.WaitGroup
	deliveries  atomic.Int64
}

func listenHTTP2(t *testing.T, resets []http2.ErrCode, answer string) *http2Origin {
	t.Helper()
	c, err := fixtures.Find(answer)
	if err != nil {
		t.Fatal(err)
	}
	o := &http2Origin{Server: httptest.NewUnstartedServer(nil), resets: resets, answer: c}
	o.TLS = &tls.Config{NextProtos: []string{http2.NextProtoTLS}}
	o.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){
		http2.NextProtoTLS: func(_ *http.Server, conn *tls.Conn, _ http.Handler) {
			o.connections.Add(1)
			defer o.connections.Done()
			o.serve(conn)
		},
	}
	o.StartTLS()
	return o
}

// serve reads one connection until the client closes it.
func (o *http2Origin) serve(conn *tls.Conn) {
	preface := make([]byte, len(http2.ClientPreface))
	if _, err := io.ReadFull(conn, preface); err != nil {
		return
	}
	framer := http2.NewFramer(conn, conn)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	if framer.WriteSettings() != nil {
		return
	}
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return
		}
		ends := false
		switch f := frame.(type) {
		case *http2.SettingsFrame:
			if !f.IsAck() {
				err = framer.WriteSettingsAck()
			}
		case *http2.MetaHeadersFrame:
			ends = f.StreamEnded()
		case *http2.DataFrame:
			ends = f.StreamEnded()
		}
		if ends {
			err = o.reply(framer, frame.Header().StreamID)
		}
		if err != nil {
			return
		}
	}
}

func (o *http2Origin) reply(framer *http2.Framer, stream uint32) error {
	if turn := int(o.deliveries.Add(1)); turn <= len(o.resets) {
		return framer.WriteRSTStream(stream, o.resets[turn-1])
	}
	var head bytes.Buffer
	encoder := hpack.NewEncoder(&head)
	_ = encoder.WriteField(hpack.HeaderField{Name: ":status", Value: strconv.Itoa(o.answer.Status)}) // writing to a buffer cannot fail
	_ = encoder.WriteField(hpack.HeaderField{Name: "content-type", Value: o.answer.Header.Get("Content-Type")})
	err := framer.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: head.Bytes(), EndHeaders: true})
	if err != nil {
		return err
	}
	return framer.WriteData(stream, true, o.answer.Body)
}

// settle returns the number of requests that were read completely. The number is final once the
// client has closed its connections.
func (o *http2Origin) settle() int {
	o.connections.Wait()
	o.Close()
	return int(o.deliveries.Load())
}

// TestHTTP2 puts otelhttp over a transport that speaks HTTP/2, which the library cannot see and
// restrict. net/http repeats a request when its stream was reset as refused, and up to Go 1.26 also
// after a protocol error, even if the server has already acted on it.
func TestHTTP2(t *testing.T) {
	for _, c := range []struct {
		name   string
		resets []http2.ErrCode
		answer func(facade.Provider) string
		want   facade.Started
		counts []int // deliveries
	}{
		{"started", nil, started, facade.StartedYes, []int{1}},
		{"refused", nil, refused, facade.StartedNo, []int{1}},
		{"reset as refused, and then refused", []http2.ErrCode{http2.ErrCodeRefusedStream}, limited, facade.StartedUnknown, []int{2}},
		{"reset for a protocol error, and then refused", []http2.ErrCode{http2.ErrCodeProtocol}, limited, facade.StartedUnknown, []int{2, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				behind := listenHTTP2(t, c.resets, c.answer(p))
				own := behind.Client().Transport.(*http.Transport).Clone()
				own.ForceAttemptHTTP2 = true
				start(t.Context(), t, newClient(t, behind.URL, p, otelhttp.NewTransport(own)), p, c.want)
				own.CloseIdleConnections()
				if n := behind.settle(); !slices.Contains(c.counts, n) {
					t.Errorf("%d deliveries, want %d: the test tests something else", n, c.counts)
				}
			})
		})
	}
}
