package durable

import (
	"crypto/rand"
	"net/url"

	"github.com/kycstart/kycstart/facade"
)

// mark gives a request to Rebilly a mark of this attempt. A look-up returns the mark.
func mark(req facade.Request) (marked facade.Request, unique bool) {
	r, ok := req.(facade.RebillyRequest)
	if !ok {
		return req, false
	}
	link, err := url.Parse(r.RedirectURL)
	if err != nil || r.RedirectURL == "" {
		return req, false
	}
	query := link.Query()
	query.Set("attempt", rand.Text())
	link.RawQuery = query.Encode()
	r.RedirectURL = link.String()
	return r, true
}
