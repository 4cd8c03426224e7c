package main

import (
	"fmt"
	"go/format"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// line is what a provider adds to an existing file: after the last place that matches at, or within
// it.
type line struct {
	file string
	at   *regexp.Regexp
	// add is a template for [regexp.Regexp.Expand] that replaces the match. Acme and acme in it
	// stand for the provider.
	add string
}

// lines names every list that names every provider.
var lines = []line{
	{"specs/specs.go", regexp.MustCompile(`(?m)^(//go:embed .*) normalized\.yaml$`), "$1 acme.yaml normalized.yaml"},
	{"specs/specs.go", regexp.MustCompile(`(?m)^(//go:generate .* -package )\w+( -o \.\./\$GEN/)\w+/\w+(\.gen\.go )\w+\.yaml\n`),
		"$0${1}acme${2}acme/acme${3}acme.yaml\n"},
	{"specs/normalized.yaml", regexp.MustCompile(`(?s)(\n    Provider:\n.*?enum: \[[^\]]*)\]`), "$1, acme]"},

	{"facade/request.go", regexp.MustCompile(`(?m)^\t\w+ +Provider = "\w+"\n`), "$0\tAcme Provider = \"acme\"\n"},
	{"facade/request.go", regexp.MustCompile(`\] and (\[\w+Request\]), as a value`), "], $1 and [AcmeRequest], as a value"},
	{"facade/request.go", regexp.MustCompile(`(?m)^(\tcase \w+Request(?:, \w+Request)*):$`), "$1, AcmeRequest:"},
	{"facade/request.go", regexp.MustCompile(`(?m)^\tcase \*\w+Request:\n\t\treturn r != nil\n`), "$0\tcase *AcmeRequest:\n\t\treturn r != nil\n"},
	{"facade/request.go", regexp.MustCompile(`(?m)^\t\w+: +\w+Reconciliation,\n`), "$0\tAcme: acmeReconciliation,\n"},

	{"facade/request_json.go", regexp.MustCompile(`(?m)^\tcase \w+:\n\t\treturn unmarshal\w+\(text\)\n`), "$0\tcase Acme:\n\t\treturn unmarshalAcme(text)\n"},

	{"facade/client.go", regexp.MustCompile(`(?m)^\t\w+ +\*\w+Config\n`), "$0\tAcme *AcmeConfig\n"},
	{"facade/client.go", regexp.MustCompile(`(?m)^\t\w+ +\*\w*[eE]ndpoint\n`), "$0\tacme *endpoint\n"},
	{"facade/client.go", regexp.MustCompile(`(config\.\w+ != nil),\n`), "$1 || config.Acme != nil,\n"},
	{"facade/client.go", regexp.MustCompile(`(?m)^\tif config\.\w+ != nil \{\n\t\tc\.\w+ = config\.\w+\.endpoint\(\w+, &in\)\n\t\}\n`),
		"$0\tif config.Acme != nil {\n\t\tc.acme = config.Acme.endpoint(fresh, &in)\n\t}\n"},

	{"test/fixtures/descriptors.go", regexp.MustCompile(`(\w+Descriptor)\}`), "$1, acmeDescriptor}"},
	{"test/behaviour/evidence/providers.go", regexp.MustCompile(`(?m)^\tfacade\.\w+: +\w+Rules,\n`), "$0\tfacade.Acme: acmeRules,\n"},
}

// lines returns the files that must change. It fails if a place in one of them is not found.
func (p provider) lines() (map[string]string, error) {
	all := map[string]string{}
	for _, l := range lines {
		if all[l.file] == "" {
			text, err := os.ReadFile(l.file)
			if err != nil {
				return nil, err
			}
			all[l.file] = string(text)
		}
		text, matches := all[l.file], l.at.FindAllStringSubmatchIndex(all[l.file], -1)
		if matches == nil {
			return nil, fmt.Errorf("%s: nothing matches %s: the list has another form, which test/cmd/newprovider/lines.go must follow", l.file, l.at)
		}
		last, add := matches[len(matches)-1], strings.NewReplacer("Acme", p.Go, "acme", p.Name).Replace(l.add)
		all[l.file] = text[:last[0]] + string(l.at.ExpandString(nil, add, text, last)) + text[last[1]:]
	}
	for name, text := range all {
		if filepath.Ext(name) == ".go" {
			code, err := format.Source([]byte(text))
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			all[name] = string(code)
		}
	}
	return all, nil
}
