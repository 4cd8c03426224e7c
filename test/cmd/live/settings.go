package main

import (
	"cmp"
	"errors"
	"fmt"
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
	fixtures.Descriptor // of the provider

	record, message, find bool

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
		for _, one := range d.Live.Settings {
			valid = append(valid, variable(d.Provider, one.Name))
		}
	}
	for name := range env {
		if strings.HasPrefix(name, prefix) && !slices.Contains(valid, name) {
			return nil, fmt.Errorf("live: no variable %s, there are:\n\t%s", name, strings.Join(valid, "\n\t"))
		}
	}

	s := &settings{Descriptor: fixtures.Of(facade.Provider(env["PROVIDER"]))}
	if s.Provider == "" {
		return nil, fmt.Errorf("live: PROVIDER is %q, it must be one of %q", env["PROVIDER"], fixtures.Providers())
	}
	for name, set := range map[string]*bool{"RECORD": &s.record, "MESSAGE": &s.message, "FIND": &s.find} {
		if *set = env[name] == "1"; !*set && strings.Trim(env[name], "0") != "" {
			return nil, fmt.Errorf("live: %s is %q, it must be 1, 0 or not set", name, env[name])
		}
	}
	if s.find && s.record {
		return nil, errors.New("live: FIND looks a customer up, and RECORD is for a start: set one of them")
	}
	var missing, others []string
	values := make(map[string]string)
	for _, one := range s.Live.Settings {
		name := variable(s.Provider, one.Name)
		value := cmp.Or(env[name], one.Fallback)
		values[one.Name] = value
		if one.Customer && s.Customer.Echoed {
			s.customer = value
		}
		switch {
		case one.Fallback != "" || one.Optional:
			others = append(others, name+", "+one.About+": "+cmp.Or(value, "not needed"))
		case value == "":
			missing = append(missing, name+", "+one.About)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("live: nothing was done: a run at %s needs\n\t%s\nand takes\n\t%s",
			s.Provider, strings.Join(missing, "\n\t"), strings.Join(others, "\n\t"))
	}
	if slices.Contains(s.Live.Production, strings.TrimRight(values["BASE_URL"], "/")) {
		return nil, fmt.Errorf("live: %s is production, where a run would start a real KYC", variable(s.Provider, "BASE_URL"))
	}
	var err error
	if s.config, s.request, err = s.Live.Start(values); err != nil {
		return nil, fmt.Errorf("live: %s%w", variable(s.Provider, ""), err)
	}
	return s, nil
}
