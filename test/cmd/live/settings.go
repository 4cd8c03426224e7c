package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

const prefix = "KYCSTART_"

// A setting is an environment variable of a provider.
type setting struct {
	name     string // behind KYCSTART_<PROVIDER>_
	about    string
	fallback string // empty if the variable must be set, unless it is optional
	optional bool
}

// known are the variables of each provider.
var known = map[facade.Provider][]setting{
	facade.Vault: {
		{name: "TOKEN", about: "the customer's own JWT"},
		{name: "BASE_URL", about: "the server", fallback: facade.VaultSandbox},
	},
	facade.XGateway: {
		{name: "API_KEY", about: "the x-api-key of the demo server"},
		{name: "CUSTOMER_ID", about: "your identifier of a customer whose documents are uploaded"},
		{name: "BASE_URL", about: "the server", fallback: facade.XGatewayDemo},
	},
	facade.Forte: {
		{name: "TOKEN", about: "an access token, good for one hour"},
		{name: "EXTERNAL_ID", about: "your identifier of the customer"},
		{name: "WALLET_ADDRESS", about: "the customer's wallet"},
		{name: "BLOCKCHAIN", about: "the wallet's blockchain", fallback: "sepolia"},
		{name: "ACTION_TYPE", about: "the rules engine", fallback: "OCC_RULES_ENGINE"},
		{name: "LEVEL", about: "the level asked for, 1 to 4", fallback: "1"},
		{name: "BASE_URL", about: "the server", fallback: facade.ForteSandbox},
	},
	facade.Qolo: {
		{name: "TOKEN", about: "the token of the login, good for twelve hours"},
		{name: "PERSON_GUID", about: "a person who exists there"},
		{name: "PROGRAM_GUID", about: "the program", optional: true},
		{name: "BASE_URL", about: "the server", fallback: facade.QoloDevelopment},
	},
	facade.Rebilly: {
		{name: "API_KEY", about: "a secret key of the sandbox"},
		{name: "ORGANIZATION_ID", about: "the organization"},
		{name: "CUSTOMER_ID", about: "a customer who exists there"},
		{name: "DOCUMENT", about: "the document to ask for", fallback: "identity-proof"},
		{name: "BASE_URL", about: "the server", fallback: facade.RebillySandbox},
	},
}

// production are the servers at which a live run would start a real KYC.
var production = []string{facade.XGatewayProduction, facade.ForteProduction, facade.RebillyProduction}

func variable(p facade.Provider, name string) string {
	return prefix + strings.ToUpper(string(p)) + "_" + name
}

// settings are what the environment says.
type settings struct {
	provider facade.Provider
	record   bool
	values   map[string]string
}

// missingError tells which variables a live run needs and has not.
type missingError struct{ text string }

// Error returns one line a variable.
func (e *missingError) Error() string { return e.text }

// readSettings reads the environment. The error is a *missingError if nothing
// but credentials and the like are missing, and lists what is valid if
// something is there that is not.
func readSettings(environ []string) (*settings, error) {
	env := make(map[string]string)
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	var valid []string
	for _, p := range fixtures.Providers() {
		for _, s := range known[p] {
			valid = append(valid, variable(p, s.name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if strings.HasPrefix(name, prefix) && !slices.Contains(valid, name) {
			return nil, fmt.Errorf("live: no variable %s, there are:\n\t%s", name, strings.Join(valid, "\n\t"))
		}
	}

	s := &settings{provider: facade.Provider(env["PROVIDER"]), values: make(map[string]string)}
	if known[s.provider] == nil {
		return nil, fmt.Errorf("live: PROVIDER is %q, it must be one of %q", s.provider, fixtures.Providers())
	}
	switch env["RECORD"] {
	case "", "0":
	case "1":
		s.record = true
	default:
		return nil, fmt.Errorf("live: RECORD is %q, it must be 1, 0 or not set", env["RECORD"])
	}
	var missing []string
	for _, one := range known[s.provider] {
		name := variable(s.provider, one.name)
		s.values[one.name] = cmp.Or(env[name], one.fallback)
		if s.values[one.name] == "" && !one.optional {
			missing = append(missing, name+", "+one.about)
		}
	}
	if len(missing) > 0 {
		return nil, &missingError{fmt.Sprintf("a live run at %s needs\n\t%s", s.provider, strings.Join(missing, "\n\t"))}
	}
	if url := s.values["BASE_URL"]; slices.Contains(production, strings.TrimRight(url, "/")) {
		return nil, fmt.Errorf("live: %s is production, where a run would start a real KYC", variable(s.provider, "BASE_URL"))
	}
	return s, nil
}

// target is what a live run needs of the facade.
type target struct {
	config   facade.Config
	request  facade.Request
	customer string // as the answer may repeat it
}

// target returns the configuration and the request. It fails if a value is not
// of its form.
func (s *settings) target() (target, error) {
	v := s.values
	switch s.provider {
	case facade.Vault:
		return target{
			facade.Config{Vault: &facade.VaultConfig{BaseURL: v["BASE_URL"]}},
			facade.VaultRequest{Token: v["TOKEN"]}, "",
		}, nil
	case facade.XGateway:
		return target{
			facade.Config{XGateway: &facade.XGatewayConfig{BaseURL: v["BASE_URL"], APIKey: v["API_KEY"]}},
			facade.XGatewayRequest{ID: v["CUSTOMER_ID"]}, v["CUSTOMER_ID"],
		}, nil
	case facade.Forte:
		level, err := strconv.Atoi(v["LEVEL"])
		if err != nil {
			return target{}, fmt.Errorf("live: %s must be a number", variable(s.provider, "LEVEL"))
		}
		return target{
			facade.Config{Forte: &facade.ForteConfig{BaseURL: v["BASE_URL"], Token: facade.StaticToken(v["TOKEN"])}},
			facade.ForteRequest{
				Action: facade.ForteAction{Type: v["ACTION_TYPE"], Level: level},
				Customer: facade.ForteCustomer{
					ExternalID: v["EXTERNAL_ID"],
					Wallet:     facade.ForteWallet{Blockchain: v["BLOCKCHAIN"], Address: v["WALLET_ADDRESS"]},
				},
			}, v["EXTERNAL_ID"],
		}, nil
	case facade.Qolo:
		return target{
			facade.Config{Qolo: &facade.QoloConfig{BaseURL: v["BASE_URL"], Token: facade.StaticToken(v["TOKEN"])}},
			facade.QoloRequest{PersonGUID: v["PERSON_GUID"], ProgramGUID: v["PROGRAM_GUID"]}, v["PERSON_GUID"],
		}, nil
	default:
		return target{
			facade.Config{Rebilly: &facade.RebillyConfig{
				BaseURL: v["BASE_URL"], OrganizationID: v["ORGANIZATION_ID"], APIKey: v["API_KEY"],
			}},
			facade.RebillyRequest{
				CustomerID: v["CUSTOMER_ID"], Documents: []facade.RebillyDocument{{Type: v["DOCUMENT"]}},
			}, v["CUSTOMER_ID"],
		}, nil
	}
}
