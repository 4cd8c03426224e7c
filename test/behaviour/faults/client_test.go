package faults_test

import (
	"context"
	"crypto/tls"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// TestCallersClientIsNotWrittenTo compares a client before and after its use. What
// becomes of it after New is of no concern to the library.
func TestCallersClientIsNotWrittenTo(t *testing.T) {
	for row, transport := range map[string]func() *http.Transport{
		"as net/http has it": func() *http.Transport { return &http.Transport{} },
		"set up for HTTP/2": func() *http.Transport {
			all := new(http.Protocols)
			all.SetHTTP1(true)
			all.SetHTTP2(true)
			return &http.Transport{
				ForceAttemptHTTP2: true, Protocols: all, MaxIdleConns: 7,
				TLSClientConfig: &tls.Config{NextProtos: []string{"h2", "http/1.1"}, MinVersion: tls.VersionTLS10}, //nolint:gosec // that is the point
			}
		},
	} {
		t.Run(row, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				s := newScene(t, ok(p), nil)
				s.peer.secure = secure()
				own := transport()
				s.config.HTTPClient = &http.Client{Transport: own, Timeout: time.Minute}
				before := http.Client{Transport: transport(), Timeout: time.Minute}
				before.Transport.(*http.Transport).Clone() // upon which net/http sets up HTTP/2
				client := s.open()
				functions := cmp.FilterPath(func(path cmp.Path) bool { return path.Last().Type().Kind() == reflect.Func }, cmp.Ignore())
				if diff := cmp.Diff(before, *s.config.HTTPClient, functions, cmp.AllowUnexported(http.Protocols{}),
					cmpopts.IgnoreUnexported(http.Transport{}, tls.Config{})); diff != "" {
					t.Errorf("the caller's client was written to:\n%s", diff)
				}
				own.DialContext, s.config.HTTPClient.Transport = timedOut, nil
				s.start(client)
				s.check(s.whole)
			})
		})
	}
}

// TestPanic has a panic in what the caller brings: it goes through, and the client is
// as good as before.
func TestPanic(t *testing.T) {
	for place, plant := range map[string]func(s *scene, may func()){
		"in the transport": func(s *scene, may func()) {
			through(func(s *scene, _ *http.Request) (*http.Response, error) { may(); return s.response(), nil })(s)
		},
		"in the body": func(s *scene, may func()) {
			holding(func(body string) io.ReadCloser {
				rest := strings.NewReader(body)
				return oddBody{reader(func(b []byte) (int, error) { may(); return rest.Read(b) }), nil}
			})(s)
		},
		"in the token source": func(s *scene, may func()) {
			if !fixtures.Of(s.provider).SetToken(&s.config, func(context.Context) (string, error) { may(); return "token", nil }) {
				s.Skip("there is none")
			}
		},
	} {
		t.Run(place, func(t *testing.T) {
			each(t, func(t *testing.T, p facade.Provider) {
				s := newScene(t, ok(p), nil)
				if p == facade.Qolo { // with an upload, which has a lock
					sending(large)(s)
				}
				if s.status == http.StatusNoContent && place == "in the body" {
					t.Skip("it is not read")
				}
				panicked := false
				plant(s, func() {
					if !panicked {
						panicked = true
						panic("theirs")
					}
				})
				client := s.open()
				func() {
					defer func() {
						if got := recover(); got != "theirs" {
							t.Errorf("recovered %v", got)
						}
					}()
					s.start(client)
				}()
				s.start(client)
				s.check(s.whole)
				if s.through != nil {
					s.through.check(t, 2)
				}
			})
		})
	}
}

// TestEveryAnswerReachesItsCaller has 200 goroutines share one client for all
// providers. Two of them make each start at the same time: those are two deliveries,
// as is documented.
func TestEveryAnswerReachesItsCaller(t *testing.T) {
	var deliveries atomic.Int64
	peer := newPeer(t, exchange{}, func(c *call) {
		r := c.read()
		if r == nil {
			return
		}
		deliveries.Add(1)
		d := fixtures.Of(facade.Provider(strings.Split(r.URL.Path, "/")[1]))
		x, about := ok(d.Provider), d.Customer.Read(r.Request, r.body)
		if d.Customer.Echoed {
			x.body = strings.ReplaceAll(x.body, strconv.Quote(d.Customer.ID), strconv.Quote(about))
		}
		c.say(strings.Replace(x.text(), requestID, about, 1))
	})
	var config facade.Config
	url := peer.open()
	for _, d := range fixtures.Descriptors() {
		d.Configure(&config, url+"/"+string(d.Provider)+d.BasePath)
	}
	client, err := facade.New(config)
	if err != nil {
		t.Fatal(err)
	}
	var callers sync.WaitGroup
	for i := range 200 {
		callers.Go(func() {
			for _, d := range fixtures.Descriptors() {
				about := "customer-" + strconv.Itoa(i/2)
				if d.Customer.Form == fixtures.GUID {
					about = "2ae6ba4b-f6c0-4817-a158-" + strconv.Itoa(100_000_000_000+i/2)
				}
				res, err := client.Start(t.Context(), d.Customer.Request(d.Customer.Form.Write(about)))
				if err != nil {
					t.Errorf("%s: %v", about, err)
				} else if res.Provider != d.Provider || res.CustomerID != about || res.RequestID != about {
					t.Errorf("%s: got the answer of %s, %s", about, res.CustomerID, res.RequestID)
				}
			}
		})
	}
	callers.Wait()
	if want := int64(200 * len(fixtures.Descriptors())); deliveries.Load() != want {
		t.Errorf("%d deliveries of %d calls", deliveries.Load(), want)
	}
}
