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

// versions are the versions of TLS that providers speak.
var versions = map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13}

// way is a contender with a transport.
type way struct {
	name, contender string
	transport       func() *http.Transport
}

// The ways of the facade, each with its own transport.
var (
	firstCall = way{"facade, each call a first one", facadeName, func() *http.Transport {
		t := facade.NewTransport()
		t.TLSClientConfig.ClientSessionCache = nil
		return t
	}}
	laterCalls = way{"facade, from the second call on", facadeName, facade.NewTransport}
)

// kept is a contender as people use it: with an http.Client that keeps connections.
func kept(contender string) way { return way{contender + ", connections kept", contender, keeping} }

// waysOf returns all ways that are measured, those of the facade first.
func waysOf(contenders []Contender) []way {
	all := []way{firstCall, laterCalls}
	for _, c := range contenders {
		all = append(all, kept(c.Name))
	}
	return all
}

// keeping returns the default transport of an http.Client, which keeps connections.
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

// used returns a function that tells how much processor time the server has used.
func (f far) used() func() time.Duration {
	client := &http.Client{Transport: trusting(keeping())}
	return func() time.Duration {
		resp := Must(client.Get(f.url + "/used"))
		defer resp.Body.Close()
		return time.Duration(Must(strconv.ParseInt(string(Must(io.ReadAll(resp.Body))), 10, 64)))
	}
}

// serveChild is the process of far. It ends when its input ends.
func serveChild(args []string) {
	mux := http.NewServeMux()
	mux.Handle("/", caseNamed(args[1]))
	mux.HandleFunc("/used", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, int64(processorTime())) })
	fmt.Println(serveTLS(args[0], mux).URL)
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func serveTLS(version string, handler http.Handler) *httptest.Server {
	server := httptest.NewUnstartedServer(handler)
	server.TLS = &tls.Config{MaxVersion: versions[version]}
	server.StartTLS()
	return server
}

// trusting makes t trust the servers. All servers of httptest have the same certificate.
func trusting(t *http.Transport) *http.Transport {
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{}
	}
	t.TLSClientConfig.RootCAs = x509.NewCertPool()
	t.TLSClientConfig.RootCAs.AddCert(server.Certificate())
	return t
}

// overTLS measures all ways to the providers to which the facade keeps connections if its transport
// does. The answers of these providers name the customer.
func overTLS(rounds int, contenders []Contender) table {
	all := table{}
	for _, name := range []string{"rebilly 201", "rebilly 422", "qolo 200"} {
		for _, version := range []string{"TLS 1.3", "TLS 1.2"} {
			c := caseNamed(name)
			server := serve(version, c)
			exchanges := map[string]Exchange{}
			for _, w := range waysOf(contenders) {
				client := &http.Client{Transport: trusting(w.transport())}
				exchanges[w.name] = find(contenders, w.contender).Prepare(c.Provider, client, server.url)
			}
			all[name+", "+version] = turns(rounds, 50, exchanges, server.used())
			server.close()
		}
	}
	return all
}

// latency returns how long a call takes to a server that is one round trip away, in milliseconds.
func latency(version string, w way, roundTrip time.Duration) float64 {
	c := caseNamed("rebilly 201")
	server := serve(version, c)
	defer server.close()
	t := trusting(w.transport())
	dial := t.DialContext
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		<-time.After(roundTrip)
		conn, err := dial(ctx, network, address)
		return &distantConn{Conn: conn, roundTrip: roundTrip}, err
	}
	call := find(Contenders(), w.contender).Prepare(c.Provider, &http.Client{Transport: t}, server.url)
	var took []float64
	for range 6 {
		began := time.Now()
		Must(call(context.Background()))
		took = append(took, time.Since(began).Seconds()*1000)
	}
	return median(took[1:])
}

// distantConn is a connection on which each answer comes one round trip after its request.
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
