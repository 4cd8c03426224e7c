package faults_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptrace"
	"net/url"
	"os"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// fields returns what the exported fields of a struct hold: the contents of
// slices and maps, the addresses of functions and pointers.
func fields(name string, v any, into map[string]string) {
	s := reflect.ValueOf(v).Elem()
	for i := range s.NumField() {
		f := s.Type().Field(i)
		if !f.IsExported() {
			continue
		}
		switch s.Field(i).Kind() {
		case reflect.Func, reflect.Interface, reflect.Pointer:
			into[name+f.Name] = fmt.Sprintf("%p", s.Field(i).Interface())
		default:
			into[name+f.Name] = fmt.Sprintf("%v", s.Field(i).Interface())
		}
	}
}

// snapshot is all that a caller can see of their client.
func snapshot(client *http.Client) map[string]string {
	all := map[string]string{}
	fields("Client.", client, all)
	own := client.Transport.(*http.Transport)
	fields("Transport.", own, all)
	if own.TLSClientConfig != nil {
		fields("TLSClientConfig.", own.TLSClientConfig, all)
	}
	if own.Protocols != nil {
		all["Protocols"] = own.Protocols.String()
	}
	return all
}

// TestCallersClientIsNotWrittenTo compares a client before and after its use,
// and looks whether it is as good as it was.
func TestCallersClientIsNotWrittenTo(t *testing.T) {
	both := new(http.Protocols)
	both.SetHTTP1(true)
	both.SetHTTP2(true)
	for _, c := range []struct {
		row       string
		transport *http.Transport
	}{
		{"as net/http has it", &http.Transport{}},
		{"with a TLS configuration", &http.Transport{TLSClientConfig: &tls.Config{}, ForceAttemptHTTP2: true}},
		{"with protocols of TLS", &http.Transport{TLSClientConfig: &tls.Config{NextProtos: []string{"h2", "http/1.1"}}, ForceAttemptHTTP2: true}},
		{"with protocols of HTTP", &http.Transport{Protocols: both}},
		{"with old TLS", &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS10}, ForceAttemptHTTP2: true}}, //nolint:gosec // that is the point
	} {
		t.Run(c.row, func(t *testing.T) {
			s := server(t, func(http.ResponseWriter, *http.Request) {})
			s.EnableHTTP2 = true
			s.TLS = secure()
			s.StartTLS()
			client := &http.Client{Transport: c.transport, Jar: &cookiejar.Jar{}, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return nil }}
			defer client.CloseIdleConnections()
			get := func() {
				t.Helper()
				resp, err := client.Get(s.URL)
				if err != nil {
					t.Fatal(err)
				}
				_ = resp.Body.Close()
				if resp.ProtoMajor != 2 {
					t.Errorf("the client speaks %s", resp.Proto)
				}
			}
			get() // with its first request, net/http sets up HTTP/2 in a transport

			before := snapshot(client)
			each(t, func(t *testing.T, p facade.Provider) {
				other, url := listen(t, secure(), saying(ok(p).text()))
				got := callPeer(t.Context(), t, url, p, client)
				check(t, p, got, ok(p).whole)
				other.delivered(t, got)
			})
			if after := snapshot(client); !maps.Equal(before, after) {
				for name := range after {
					if before[name] != after[name] {
						t.Errorf("%s was %s, and is %s", name, before[name], after[name])
					}
				}
			}
			get()
		})
	}
}

// TestUnusedTransportKeepsItsProtocols has a transport that New is the first to
// touch: it must be able to speak HTTP/2 afterwards, as it was before.
func TestUnusedTransportKeepsItsProtocols(t *testing.T) {
	s := server(t, func(http.ResponseWriter, *http.Request) {})
	s.EnableHTTP2 = true
	s.TLS = secure()
	s.StartTLS()
	client := &http.Client{Transport: &http.Transport{}}
	defer client.CloseIdleConnections()
	config := fixtures.Config(s.URL, fixtures.Providers()...)
	config.HTTPClient = client
	if _, err := facade.New(config); err != nil {
		t.Fatal(err)
	}
	resp, err := client.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if resp.ProtoMajor != 2 {
		t.Errorf("the client speaks %s", resp.Proto)
	}
}

// TestTransportIsCloned changes the caller's transport behind New.
func TestTransportIsCloned(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		s, url := listen(t, nil, saying(ok(p).text()))
		own := &http.Transport{DisableKeepAlives: true}
		config := fixtures.Config(url, p)
		config.HTTPClient = &http.Client{Transport: own}
		client, err := facade.New(config)
		if err != nil {
			t.Fatal(err)
		}
		own.DialContext = timedOut
		config.HTTPClient.Transport = nil
		res, err := client.Start(t.Context(), fixtures.Start(p))
		check(t, p, outcome{res, err}, ok(p).whole)
		s.delivered(t, outcome{res, err})
	})
}

// TestCookies has a jar with a cookie for the peer, which sets another.
func TestCookies(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		x := ok(p)
		s, address := listen(t, nil, saying(x.head("Set-Cookie: a=theirs", fmt.Sprint("Content-Length: ", len(x.body)))+x.body))
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		site, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		jar.SetCookies(site, []*http.Cookie{{Name: "a", Value: "mine"}}) //nolint:gosec // it is not to be sent at all
		got := callPeer(t.Context(), t, address, p, &http.Client{Jar: jar})
		check(t, p, got, x.whole)
		whole, _ := s.requests()
		if len(whole) != 1 || whole[0].Header.Get("Cookie") != "" {
			t.Error("a cookie was sent")
		}
		if kept := jar.Cookies(site); len(kept) != 1 || kept[0].Value != "mine" {
			t.Errorf("the jar has %v", kept)
		}
	})
}

// TestOldTLS has a caller's transport that would take old TLS, and one that
// wants more than the library does.
func TestOldTLS(t *testing.T) {
	for _, c := range []struct {
		row            string
		callers, peers uint16
		want           want
	}{
		{"1.0 is raised to 1.2", tls.VersionTLS10, tls.VersionTLS11, neverLeft},
		{"1.3 is kept", tls.VersionTLS13, tls.VersionTLS12, neverLeft},
	} {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				theirs := secure()
				theirs.MinVersion, theirs.MaxVersion = tls.VersionTLS10, c.peers
				s, url := listen(t, theirs, saying(ok(p).text()))
				own := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{MinVersion: c.callers}}
				got := callPeer(t.Context(), t, url, p, &http.Client{Transport: own})
				check(t, p, got, c.want)
				s.delivered(t, got)
			})
		})
	}
}

// TestHeaderLimit has a caller's transport without a limit for headers, and one
// with a larger one.
func TestHeaderLimit(t *testing.T) {
	each(t, func(t *testing.T, p facade.Provider) {
		x := ok(p)
		long := "HTTP/1.1 " + strings.TrimPrefix(x.head("X-Long: "+strings.Repeat("x", 100<<10)), "HTTP/1.1 ") + x.body
		for _, c := range []struct {
			row   string
			limit int64
			want  want
		}{{"none", 0, notHTTP}, {"larger", 1 << 20, x.whole}} {
			t.Run(c.row, func(t *testing.T) {
				s, url := listen(t, nil, saying(long))
				own := &http.Transport{DisableKeepAlives: true, MaxResponseHeaderBytes: c.limit}
				got := callPeer(t.Context(), t, url, p, &http.Client{Transport: own})
				check(t, p, got, c.want)
				s.delivered(t, got)
			})
		}
	})
}

// TestClientTimeout holds the Timeout of the caller's client beside the
// context's deadline, under a fake clock.
func TestClientTimeout(t *testing.T) {
	for _, c := range []struct {
		row               string
		timeout, deadline time.Duration // 0 for none
		took              time.Duration
	}{
		{"in place of the library's own", 7 * time.Second, 0, 7 * time.Second},
		{"longer than the library's own", 20 * time.Minute, 0, 20 * time.Minute},
		{"before the context's", 7 * time.Second, time.Hour, 7 * time.Second},
		{"after the context's", 7 * time.Second, time.Second, time.Second},
	} {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				synctest.Test(t, func(t *testing.T) {
					s := piped(t, (*call).silent)
					client := dialThrough(s.dial)
					client.Timeout = c.timeout
					ctx := t.Context()
					if c.deadline > 0 {
						var cancel context.CancelFunc
						ctx, cancel = context.WithTimeout(ctx, c.deadline)
						defer cancel()
					}
					began := time.Now()
					got := callPeer(ctx, t, "http://127.0.0.1:1", p, client)
					if took := time.Since(began); took != c.took {
						t.Errorf("took %v, want %v", took, c.took)
					}
					check(t, p, got, mayHaveLate)
					s.delivered(t, got)
				})
			})
		})
	}
}

// errDial is what net says of a server that is not there. From a transport
// without a trace it proves nothing.
var errDial = &net.OpError{Op: "dial", Net: "tcp", Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}

// foreigners are transports that are none of net/http's, and break their
// contract.
var foreigners = []struct {
	row   string
	trip  roundTripper
	want  want
	cause error
}{
	{"without httptrace, refused", func(*http.Request) (*http.Response, error) { return nil, errDial }, mayHaveLeft, syscall.ECONNREFUSED},
	{"without httptrace, EOF", func(*http.Request) (*http.Response, error) { return nil, io.EOF }, mayHaveLeft, io.EOF},
	{"without httptrace, its own timeout", func(*http.Request) (*http.Response, error) { return nil, os.ErrDeadlineExceeded }, mayHaveLate, os.ErrDeadlineExceeded},
	{"with half a trace", func(r *http.Request) (*http.Response, error) {
		httptrace.ContextClientTrace(r.Context()).GotConn(httptrace.GotConnInfo{})
		return nil, errDial
	}, mayHaveLeft, syscall.ECONNREFUSED},
	{"two attempts, the second refused", func(r *http.Request) (*http.Response, error) {
		trace := httptrace.ContextClientTrace(r.Context())
		trace.GetConn("")
		trace.GotConn(httptrace.GotConnInfo{})
		trace.GetConn("")
		return nil, errDial
	}, mayHaveLeft, syscall.ECONNREFUSED},
	{"neither answer nor error", func(*http.Request) (*http.Response, error) { return nil, nil }, mayHaveLeft, nil},
	{"both answer and error", func(*http.Request) (*http.Response, error) { return reply{503, "{}"}.response(), errDial },
		want{kind: facade.KindUnavailable, status: 503}, syscall.ECONNREFUSED},
	{"both answer and error, and no connection", func(r *http.Request) (*http.Response, error) {
		httptrace.ContextClientTrace(r.Context()).GetConn("")
		return reply{429, `{"success":false,"title":"no","error":{"code":1}}`}.response(), errDial
	}, want{kind: facade.KindRateLimited, status: 429}, syscall.ECONNREFUSED},
}

// TestForeignTransport has transports of the caller's own that are none of
// net/http's, and break their contract.
func TestForeignTransport(t *testing.T) {
	for _, c := range foreigners {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				count := &counting{next: c.trip}
				got := callPeer(t.Context(), t, "http://127.0.0.1:1", p, &http.Client{Transport: count})
				w := c.want
				w.documented = documents(t, p, w.status, mediaJSON)
				e := check(t, p, got, w)
				if c.cause != nil && !errors.Is(e, c.cause) {
					t.Errorf("%v hides %v", e, c.cause)
				}
				count.check(t)
			})
		})
	}
}

// panics are those of a transport.
var panics = []struct {
	row  string
	trip roundTripper
}{
	{"in the transport", func(*http.Request) (*http.Response, error) { panic("theirs") }},
	{"in the body", func(*http.Request) (*http.Response, error) {
		resp := reply{status: 201}.response()
		resp.Body = oddBody{panickingReader{}, nil}
		return resp, nil
	}},
}

// TestPanic has a panic in what the caller brings: it goes through, and the
// client is as good as before.
func TestPanic(t *testing.T) {
	for _, c := range panics {
		t.Run(c.row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				count := &counting{next: c.trip}
				config := fixtures.Config("http://127.0.0.1:1", p)
				config.HTTPClient = &http.Client{Transport: count}
				client, err := facade.New(config)
				if err != nil {
					t.Fatal(err)
				}
				mustPanic(t, client, fixtures.Start(p))
				count.check(t)

				count.next = roundTripper(func(*http.Request) (*http.Response, error) { return ok(p).response(), nil })
				res, err := client.Start(t.Context(), fixtures.Start(p))
				check(t, p, outcome{res, err}, ok(p).whole)
			})
		})
	}
}

// eachWithToken runs test for every provider whose token comes from a source.
func eachWithToken(t *testing.T, test func(t *testing.T, d fixtures.Descriptor)) {
	t.Helper()
	for _, d := range fixtures.Descriptors() {
		config := fixtures.Config("", d.Provider)
		if d.Settings(&config).Token != nil {
			t.Run(string(d.Provider), func(t *testing.T) { test(t, d) })
		}
	}
}

// TestPanickingTokenSource has a source that panics once.
func TestPanickingTokenSource(t *testing.T) {
	eachWithToken(t, func(t *testing.T, d fixtures.Descriptor) {
		p := d.Provider
		s, url := listen(t, nil, saying(ok(p).text()))
		calls := 0
		config := fixtures.Config(url, p)
		d.SetToken(&config, func(context.Context) (string, error) {
			calls++
			if calls == 1 {
				panic("theirs")
			}
			return "token", nil
		})
		client, err := facade.New(config)
		if err != nil {
			t.Fatal(err)
		}
		req := fixtures.Start(p)
		if p == facade.Qolo { // with an upload, which has a lock
			req = withImage(facade.QoloImageBytes(picture(large)))
		}
		mustPanic(t, client, req)
		res, err := client.Start(t.Context(), req)
		check(t, p, outcome{res, err}, ok(p).whole)
		s.delivered(t, outcome{res, err})
	})
}

// TestTokenTooLate has the caller cancel while the source is asked, which gives
// a token all the same: the transport is not called.
func TestTokenTooLate(t *testing.T) {
	eachWithToken(t, func(t *testing.T, d fixtures.Descriptor) {
		p := d.Provider
		ctx, cancel := context.WithCancel(t.Context())
		config := fixtures.Config("http://127.0.0.1:1", p)
		d.SetToken(&config, func(context.Context) (string, error) {
			cancel()
			return "token", nil
		})
		count := &counting{next: roundTripper(func(*http.Request) (*http.Response, error) { return ok(p).response(), nil })}
		config.HTTPClient = &http.Client{Transport: count}
		check(t, p, start(ctx, t, config, fixtures.Start(p)), neverLeftStop)
		if count.trips.Load() != 0 {
			t.Error("the transport was called")
		}
	})
}

func mustPanic(t *testing.T, client *facade.Client, req facade.Request) {
	t.Helper()
	defer func() {
		t.Helper()
		if got := recover(); got != "theirs" {
			t.Errorf("recovered %v", got)
		}
	}()
	res, err := client.Start(t.Context(), req)
	t.Errorf("no panic, but %v, %v", res, err)
}

type panickingReader struct{}

func (panickingReader) Read([]byte) (int, error) { panic("theirs") }
