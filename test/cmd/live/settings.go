package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

const prefix = "KYCSTART_"

func variable(p facade.Provider, name string) string {
	return prefix + strings.ToUpper(string(p)) + "_" + name
}

// settings holds what the environment says.
type settings struct {
	provider facade.Provider
	record   bool
	message  bool
	find     bool

	config   facade.Config
	request  facade.Request
	customer string // as the answer repeats it, or "" if it does not
}

// readSettings reads the environment. The error says what is missing, or which values are valid if
// one is not.
func readSettings(environ []string) (*settings, error) {
	env := make(map[string]string)
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	var valid []string
	for _, d := range fixtures.Descriptors() {
		for _, s := range d.Live.Settings {
			valid = append(valid, variable(d.Provider, s.Name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(env)) {
		if strings.HasPrefix(name, prefix) && !slices.Contains(valid, name) {
			return nil, fmt.Errorf("live: no variable %s, there are:\n\t%s", name, strings.Join(valid, "\n\t"))
		}
	}

	s := &settings{provider: facade.Provider(env["PROVIDER"])}
	d := fixtures.Of(s.provider)
	live := d.Live
	if live.Settings == nil {
		return nil, fmt.Errorf("live: PROVIDER is %q, it must be one of %q", s.provider, fixtures.Providers())
	}
	for name, set := range map[string]*bool{"RECORD": &s.record, "MESSAGE": &s.message, "FIND": &s.find} {
		switch env[name] {
		case "", "0":
		case "1":
			*set = true
		default:
			return nil, fmt.Errorf("live: %s is %q, it must be 1, 0 or not set", name, env[name])
		}
	}
	if s.find && s.record {
		return nil, errors.New("live: FIND looks a customer up, and RECORD is for a start: set one of them")
	}
	var missing, others []string
	values := make(map[string]string)
	for _, one := range live.Settings {
		name := variable(s.provider, one.Name)
		value := cmp.Or(env[name], one.Fallback)
		values[one.Name] = value
		if one.Customer && d.Customer.Echoed {
			s.customer = value
		}
		switch {
		case value == "" && !one.Optional:
			missing = append(missing, name+", "+one.About)
		case one.Fallback != "":
			others = append(others, name+", "+one.About+": "+value)
		case one.Optional:
			others = append(others, name+", "+one.About+": not needed")
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("live: nothing was done: a run at %s needs\n\t%s\nand takes\n\t%s",
			s.provider, strings.Join(missing, "\n\t"), strings.Join(others, "\n\t"))
	}
	if slices.Contains(live.Production, strings.TrimRight(values["BASE_URL"], "/")) {
		return nil, fmt.Errorf("live: %s is production, where a run would start a real KYC", variable(s.provider, "BASE_URL"))
	}
	var err error
	if s.config, s.request, err = live.Start(values); err != nil {
		return nil, fmt.Errorf("live: %s%w", variable(s.provider, ""), err)
	}
	return s, nil
}
