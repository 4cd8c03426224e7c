package faults_test

import (
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

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
