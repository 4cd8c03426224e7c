package sandbox

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/kycstart/kycstart/facade"
)

// Customer returns what names the customer whose requests to a provider are
// always answered with this scenario: the Token of a [facade.VaultRequest], the
// ID of an [facade.XGatewayRequest], the ExternalID of a
// [facade.ForteCustomer], the PersonGUID of a [facade.QoloRequest], the
// CustomerID of a [facade.RebillyRequest]. The scenario of a look-up answers
// look-ups of that customer; Rebilly's look-up of one KYC request is by the id of
// that, and names no customer.
//
// It is the same in every run. The scenario "forte/200_banned" is the customer
// "sandbox-200_banned", "forte/rejected/502_html" is
// "sandbox-rejected-502_html", and "fault/slow" is "sandbox-fault-slow". Vault's
// customer of that name is the subject of the token. Qolo's is a GUID: 5a4db0c5,
// the status, and a hash of the scenario's name.
//
// A provider or scenario that does not exist is reported, and so is
// [FaultConnectionRefused]; the customer is then the empty text.
func (s *Sandbox) Customer(p facade.Provider, scenario string) string {
	s.helper()
	if s.provider(p) == nil {
		return ""
	}
	if _, err := find(p, scenario); err != nil {
		s.report(err)
		return ""
	}
	if scenario == FaultConnectionRefused {
		s.report(fmt.Errorf("sandbox: %s cannot be chosen by customer, but by Use", scenario))
		return ""
	}
	id := customerID(p, scenario)
	if p == facade.Vault {
		return token(id)
	}
	return id
}

const customerPrefix = "sandbox-"

// customerID returns the id that chooses a scenario. It must be short: Rebilly
// allows fifty characters.
func customerID(p facade.Provider, scenario string) string {
	name := strings.TrimPrefix(scenario, string(p)+"/")
	if p == facade.Qolo {
		return guid(name)
	}
	return customerPrefix + strings.ReplaceAll(name, "/", "-")
}

// guid returns a GUID of version 8, which is for forms of one's own.
func guid(name string) string {
	status := name[strings.LastIndex(name, "/")+1:]
	status, _, _ = strings.Cut(status, "_")
	if len(status) != 3 || strings.Trim(status, "0123456789") != "" {
		status = "000" // a fault that has none
	}
	hash := fmt.Sprintf("%x", sha256.Sum256([]byte(name)))
	return fmt.Sprintf("5a4db0c5-0%s-8%s-8%s-%s", status, hash[:3], hash[3:6], hash[6:18])
}

// token returns an unsigned JWT of a subject.
func token(subject string) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"none"}`)) + "." + part(fmt.Appendf(nil, `{"sub":%q}`, subject)) + "." + part([]byte("sandbox"))
}

// customers are the scenarios of a provider by the ids that choose them.
func customers(p facade.Provider) map[string]string {
	ids := make(map[string]string)
	for _, name := range Scenarios(p) {
		if name != FaultConnectionRefused {
			ids[customerID(p, name)] = name
		}
	}
	return ids
}

// customerOf returns the customer of a request, "" if it names none.
func customerOf(p facade.Provider, r *http.Request, body []byte) string {
	switch p {
	case facade.Vault:
		return subject(r.Header.Get("Authorization"))
	case facade.XGateway:
		return segmentAfter(r.URL, "customer")
	case facade.Forte:
		var b struct {
			Customer struct {
				ExternalID string `json:"external_id"`
			} `json:"customer"`
		}
		_ = json.Unmarshal(body, &b)
		return b.Customer.ExternalID
	case facade.Qolo:
		return segmentAfter(r.URL, "persons")
	default:
		if r.Method == http.MethodGet {
			if id := segmentAfter(r.URL, "kyc-requests"); id != "" {
				return id
			}
			return strings.TrimPrefix(r.URL.Query().Get("filter"), "customerId:")
		}
		var b struct {
			CustomerID string `json:"customerId"`
		}
		_ = json.Unmarshal(body, &b)
		return b.CustomerID
	}
}

// segmentAfter returns the segment of a path that follows another.
func segmentAfter(u *url.URL, before string) string {
	_, rest, _ := strings.Cut(u.EscapedPath(), "/"+before+"/")
	segment, _, _ := strings.Cut(rest, "/")
	value, _ := url.PathUnescape(segment)
	return value
}

// subject returns the sub claim of a bearer token, "" if there is none.
func subject(authorization string) string {
	parts := strings.Split(authorization, ".")
	if len(parts) != 3 {
		return ""
	}
	text, _ := base64.RawURLEncoding.DecodeString(parts[1])
	var claims struct {
		Sub string `json:"sub"`
	}
	_ = json.Unmarshal(text, &claims)
	return claims.Sub
}
