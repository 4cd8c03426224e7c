package bench

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/kycstart/kycstart/facade"
)

// versions of TLS that providers speak.
var versions = map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13}

// ways are how a start gets to its provider.
var ways = []struct {
	name      string
	transport func() *http.Transport
}{
	{"default, the first call", func() *http.Transport {
		t := facade.NewTransport()
		t.TLSClientConfig.ClientSessionCache = nil // so that each call is a first one
		return t
	}},
	{"default, from the second call on", facade.NewTransport},
	{"a transport that keeps connections", keeping},
}

// keeping is the transport of an http.Client as it comes, which keeps connections.
func keeping() *http.Transport {
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.Proxy = nil
	return t
}

// far is a server in a process of its own.
type far struct {
	url     string
	process *exec.Cmd
	input   io.Closer
}

// serve starts a server that speaks a version of TLS and gives the answer of a case.
func serve(version string, c Case) far {
	process := exec.Command(Must(os.Executable()), "serve", version, c.Name)
	process.Stderr = os.Stderr
	input, output := Must(process.StdinPipe()), Must(process.StdoutPipe())
	Must(0, process.Start())
	url := Must(bufio.NewReader(output).ReadString('\n'))
	return far{strings.TrimSpace(url), process, input}
}

func (f far) close() {
	f.input.Close()
	_ = f.process.Wait()
}

// used returns what tells how much the server has used of the processors.
func (f far) used() func() time.Duration {
	client := &http.Client{Transport: trusting(keeping())}
	return func() time.Duration {
		resp := Must(client.Get(f.url + "/used"))
		defer resp.Body.Close()
		return time.Duration(Must(strconv.ParseInt(string(Must(io.ReadAll(resp.Body))), 10, 64)))
	}
}

// serveChild is the process of far, until its input ends.
func serveChild(args []string) {
	mux := http.NewServeMux()
	mux.Handle("/", caseNamed(args[1]))
	mux.HandleFunc("/used", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, int64(processorTime())) })
	fmt.Println(serveTLS(args[0], mux).URL)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func serveTLS(version string, handler http.Handler) *httptest.Server {
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{MaxVersion: versions[version]} //nolint:gosec // the older one is measured too
	server.StartTLS()
	return server
}

// trusting has t trust the servers: all of httptest have the same certificate.
func trusting(t *http.Transport) *http.Transport {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{} //nolint:gosec // as http.DefaultTransport has it
	}
	t.TLSClientConfig.RootCAs = x509.NewCertPool()
	t.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	return t
}

// overWays measures the facade over each way.
func overWays(rounds int, version string) map[string][]sample {
	c := caseNamed("rebilly 201")
	server := serve(version, c)
	defer server.close()
	var names []string
	transports := map[string]*http.Transport{}
	for _, way := range ways {
		names, transports[way.name] = append(names, way.name), trusting(way.transport())
	}
	return turns(rounds, 50, []string{c.Name}, names, func(_, way string) Exchange {
		return prepareFacade(c.Provider, &http.Client{Transport: transports[way]}, server.url)
	}, server.used())[c.Name]
}

// overKept measures contenders as people use them: with an http.Client that keeps
// connections. The answers name the customer: to their providers the facade keeps
// connections, if its transport does.
func overKept(rounds int, version string, contenders []Contender) table {
	all := table{}
	for _, name := range []string{"rebilly 201", "rebilly 422", "qolo 200"} {
		c := caseNamed(name)
		server := serve(version, c)
		all[name+", "+version] = turns(rounds, 200, []string{name}, namesOf(contenders), func(_, contender string) Exchange {
			return find(contenders, contender).Prepare(c.Provider, &http.Client{Transport: trusting(keeping())}, server.url)
		}, nil)[name]
		server.close()
	}
	return all
}

// latency is how long a call takes over a way, to a server that is a round trip
// away, in milliseconds.
func latency(version string, way func() *http.Transport, roundTrip time.Duration) float64 {
	c := caseNamed("rebilly 201")
	server := serve(version, c)
	defer server.close()
	t := trusting(way())
	dial := t.DialContext
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		<-time.After(roundTrip)
		conn, err := dial(ctx, network, address)
		return &distantConn{Conn: conn, roundTrip: roundTrip}, err
	}
	call := prepareFacade(c.Provider, &http.Client{Transport: t}, server.url)
	return measure(5, call, nil).clock / float64(time.Millisecond)
}

// distantConn is a connection on which each answer comes a round trip after what it
// answers.
type distantConn struct {
	net.Conn
	roundTrip time.Duration
	wrote     atomic.Pointer[time.Time]
}

func (c *distantConn) Write(b []byte) (int, error) {
	now := time.Now()
	c.wrote.Store(&now)
	return c.Conn.Write(b)
}

func (c *distantConn) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if wrote := c.wrote.Load(); wrote != nil {
		<-time.After(time.Until(wrote.Add(c.roundTrip)))
	}
	return n, err
}
