package privacy_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// at points a planted call at a server of the test's.
func (all *planted) at(baseURL string) {
	*fixtures.Of(all.provider).Settings(&all.config).BaseURL = baseURL
}

// call makes the call over the network, with the library's own transport if
// client is nil.
func (all *planted) call(client *http.Client) (*facade.Result, error) {
	config := all.config
	config.HTTPClient = client
	c, err := facade.New(config)
	if err != nil {
		return nil, err
	}
	defer c.CloseIdleConnections()
	return c.Start(context.Background(), all.request)
}

// rawServer answers every connection with some bytes, after it has read the head
// of a request or what begins a TLS handshake, and hangs up.
func rawServer(t *testing.T, answer string) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var served sync.WaitGroup
	served.Go(func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			served.Go(func() {
				defer conn.Close()
				read := make([]byte, 0, 64<<10)
				for !bytes.Contains(read, []byte("\r\n\r\n")) && len(read) < cap(read) {
					n, err := conn.Read(read[len(read):cap(read)])
					if err != nil {
						break
					}
					read = read[:len(read)+n]
					if read[0] == tlsHandshake {
						break
					}
				}
				_, _ = io.WriteString(conn, answer)
				_ = conn.(*net.TCPConn).CloseWrite()
				_, _ = io.Copy(io.Discard, conn)
			})
		}
	})
	t.Cleanup(func() {
		listener.Close()
		served.Wait()
	})
	return listener.Addr().String()
}

// tlsHandshake is the first byte of a record of that type.
const tlsHandshake = 0x16

// malformed are answers that are not HTTP, or not quite, around a canary.
var malformed = []string{
	here,
	here + "\r\n\r\n",
	"HTTP/1.1 " + here + "\r\n\r\n",
	"HTTP/1.1 2OO " + here + "\r\n\r\n",
	"HTTP/" + here + " 200 OK\r\n\r\n",
	"HTTP/1.1 200 " + here,
	"HTTP/1.1 200 OK\r\n" + here + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\n" + here + " : x\r\n\r\n",
	"HTTP/1.1 200 OK\r\n\t" + here + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\nX-Header: \x00" + here + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: " + here + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2" + here + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + here + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + here + "\r\n",
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n" + here,
	"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X\r\n\r\n0\r\n" + here + "\r\n\r\n",
	"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + here,
	"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"result\":\"" + here,
	"HTTP/1.1 100 Continue\r\n" + here + "\r\n\r\n",
	"HTTP/1.1 101 Switching Protocols\r\nUpgrade: " + here + "\r\nConnection: Upgrade\r\n\r\n" + here,
	"HTTP/1.1 204 No Content\r\nContent-Type: application/json\r\n\r\n{\"success\":\"" + here + "\"}" + here,
	"HTTP/1.1 200 OK\r\nX-Header: " + strings.Repeat(here, 5000) + "\r\n\r\n",
}

// TestMalformedAnswers: net/http quotes what it cannot read. Neither an error
// nor the standard logger does.
func TestMalformedAnswers(t *testing.T) {
	logged := captureLog(t)
	for _, p := range providers {
		all := plant(p, false)
		answer := all.canaries.plant("answer")
		for _, form := range malformed {
			all.at("http://" + rawServer(t, strings.ReplaceAll(form, here, answer)))
			res, err := all.call(nil)
			if res != nil {
				newJudge(t, all.canaries).prints("the result", res)
				continue
			}
			all.judgeFault(t, strings.ReplaceAll(form, here, "x"), err)
		}
		newJudge(t, all.canaries).text("the standard logger", logged.String())
	}
	if logged.Len() > 0 {
		t.Errorf("the standard logger says %q", logged)
	}
}

// captureLog has the standard logger write into the buffer until the test ends.
func captureLog(t *testing.T) *bytes.Buffer {
	t.Helper()
	var logged bytes.Buffer
	before := log.Writer()
	log.SetOutput(&logged)
	t.Cleanup(func() { log.SetOutput(before) })
	return &logged
}

// TestUnreachable: nor is an address quoted where nobody answers.
func TestUnreachable(t *testing.T) {
	const closed = "127.0.0.1:1" // a port below all that tests listen on
	untrusted := httptest.NewUnstartedServer(http.NotFoundHandler())
	untrusted.Config.ErrorLog = log.New(io.Discard, "", 0)
	untrusted.StartTLS()
	defer untrusted.Close()
	trusting := x509.NewCertPool()
	trusting.AddCert(untrusted.Certificate())

	for _, p := range providers {
		all := plant(p, false)
		text := all.canaries.plant("address")
		dial := func(address string, fault error) *http.Client {
			return &http.Client{Transport: &http.Transport{
				TLSClientConfig:   &tls.Config{RootCAs: trusting},
				DisableKeepAlives: true,
				DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
					if fault != nil {
						return nil, fault
					}
					return new(net.Dialer).DialContext(ctx, network, address)
				},
			}}
		}
		proxy := func(address string) *http.Client {
			return &http.Client{Transport: &http.Transport{
				DisableKeepAlives: true,
				Proxy:             http.ProxyURL(&url.URL{Scheme: "http", Host: address, User: url.UserPassword(text, text)}),
			}}
		}
		for _, c := range []struct {
			name    string
			baseURL string
			client  *http.Client
		}{
			{"refused", "http://" + closed + "/" + text, nil},
			{"unknown host", "https://" + text + ".invalid", dial("", &net.DNSError{Err: "no such host", Name: text, Server: text, IsNotFound: true})},
			{"no dial", "https://" + text + ".example", dial("", errors.New("no way to "+text))},
			{"unknown authority", untrusted.URL + "/" + text, nil},
			{"another host's certificate", "https://" + text + ".example", dial(untrusted.Listener.Addr().String(), nil)},
			{"no TLS", "https://" + rawServer(t, "HTTP/1.1 400 "+text+"\r\n\r\n"), nil},
			{"proxy refuses", "https://" + text + ".example", proxy(rawServer(t, "HTTP/1.1 407 "+text+"\r\nProxy-Authenticate: "+text+"\r\n\r\n"))},
			{"proxy fails", "https://" + text + ".example", proxy(rawServer(t, "HTTP/1.1 502 "+text+"\r\n\r\n"))},
			{"proxy talks nonsense", "https://" + text + ".example", proxy(rawServer(t, text+"\r\n\r\n"))},
			{"proxy unreachable", "https://" + text + ".example", proxy(closed)},
		} {
			all.at(c.baseURL)
			_, err := all.call(c.client)
			if err == nil {
				t.Errorf("%s: no error", c.name)
				continue
			}
			all.judgeFault(t, string(p)+" "+c.name, err)
			if kycErr := err.(*facade.Error); kycErr.HTTPStatus != 0 {
				t.Errorf("%s: HTTP %d, from nobody", c.name, kycErr.HTTPStatus)
			}
		}
	}
}

// TestRedirects: what went to one host does not go on to another, whoever's
// http.Client it is, and the address is not quoted.
func TestRedirects(t *testing.T) {
	var mu sync.Mutex
	var other []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		other = append(other, r.Method+" "+r.RequestURI+" "+string(body))
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"result":"ok"}`)
	}))
	defer elsewhere.Close()
	var location string
	var status int
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Location", location)
		w.WriteHeader(status)
	}))
	defer here.Close()

	for _, p := range providers {
		all := plant(p, false)
		text := all.canaries.plant("location")
		all.at(here.URL)
		for _, status = range []int{301, 302, 303, 307, 308} {
			for _, location = range []string{elsewhere.URL + "/" + text + "?" + text, "/" + text, "::" + text, ""} {
				for _, client := range []*http.Client{nil, {}, {Transport: &http.Transport{DisableKeepAlives: true}}} {
					_, err := all.call(client)
					all.judgeFault(t, string(p)+" redirected", err)
					if kycErr := err.(*facade.Error); kycErr.HTTPStatus != status || kycErr.Started != facade.StartedUnknown || kycErr.Kind != facade.KindUnexpectedResponse {
						t.Errorf("%s %d: %v", p, status, err)
					}
				}
			}
		}
	}
	if len(other) > 0 {
		t.Errorf("the other host got %d requests, the first is %.100s", len(other), other[0])
	}
}
