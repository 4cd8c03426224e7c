package input_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// places are where a text of the caller's becomes a part of the path.
var places = []struct {
	provider facade.Provider
	path     string // of the field
	text     string // what stands there in the canonical request
	put      func(text string, c *facade.Config) facade.Request
}{
	{
		facade.XGateway, "id", "customer-42",
		func(text string, _ *facade.Config) facade.Request { return facade.XGatewayRequest{ID: text} },
	},
	{
		facade.Qolo, "Qolo.Version", "v1",
		func(text string, c *facade.Config) facade.Request {
			c.Qolo.Version = text
			return fixtures.Start(facade.Qolo)
		},
	},
	{
		facade.Rebilly, "Rebilly.OrganizationID", "acme",
		func(text string, c *facade.Config) facade.Request {
			c.Rebilly.OrganizationID = text
			return fixtures.Start(facade.Rebilly)
		},
	},
}

// TestSegments: a text that stands in a path is checked there, and arrives as one
// segment that decodes to what it was. Which texts are segments is tested beside the
// check.
func TestSegments(t *testing.T) {
	for _, place := range places {
		start := func(text string) (*wire, error) {
			w := &wire{answer: starts[place.provider]}
			config := fixtures.Config("https://provider.test", place.provider)
			request := place.put(text, &config)
			config.HTTPClient = &http.Client{Transport: w}
			client, err := facade.New(config)
			if err == nil {
				_, err = client.Start(context.Background(), request)
			}
			return w, err
		}
		w, err := start("../admin")
		refused(t, w, err, place.path)
		quotesNothing(t, err, "admin")

		for _, text := range []string{"a:b", "a?b#c", "a;b", "100%25", "日本 語", "...", `a'b"c`} {
			w, err := start(text)
			if err != nil && failure(t, err).HTTPStatus == 0 {
				t.Errorf("%s %q: %v", place.path, text, err)
				continue
			}
			arrived := w.sent[0].URL.RequestURI()
			before, after, err := fixtures.PathAround(string(place.provider), place.text)
			if err != nil {
				t.Fatal(err)
			}
			segment := strings.TrimSuffix(strings.TrimPrefix(arrived, before), after)
			back, err := url.PathUnescape(segment)
			if err != nil || back != text || arrived != before+segment+after || strings.ContainsAny(segment, "/?#") {
				t.Errorf("%s %q: the path is %q", place.path, text, arrived)
			}
		}
	}
}
