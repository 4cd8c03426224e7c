// Command newprovider writes what a new provider needs: its spec, the facts of its
// source, its file of the facade, its descriptor, its fixtures, the rules of its
// answers, and its lines in the lists that name all providers.
//
// What it writes is complete: a small provider that does not exist. Each of its facts that must be
// replaced by the new provider's own is marked. TestEveryProviderIsDescribed fails with one line
// for each mark, until none is left.
package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	name := flag.String("name", "", "the provider's `key`, such as acme: small letters and digits")
	goName := flag.String("go", "", "its `name` in Go, if not the key with a capital, such as XGateway")
	flag.Parse()
	if err := run(*name, *goName); err != nil {
		fmt.Fprintln(os.Stderr, "newprovider:", err)
		os.Exit(1)
	}
}

func run(name, goName string) error {
	p, err := newProvider(name, goName)
	if err != nil {
		return err
	}
	// Write nothing unless everything can be written.
	added, err := p.files()
	if err != nil {
		return err
	}
	changed, err := p.lines()
	if err != nil {
		return err
	}
	for title, files := range map[string]map[string]string{
		fmt.Sprintf("Written for %s, with what is still to be filled in behind %q:", name, mark): added,
		"Lines added to:": changed,
	} {
		fmt.Println(title)
		for _, file := range slices.Sorted(maps.Keys(files)) {
			fmt.Println("  " + file)
			// The folders have the permissions that git gives them.
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(files[file]), 0o644)); err != nil { //nolint:gosec // see there
				return err
			}
		}
	}
	fmt.Print(`Still to do by hand:
  README.md: a row in the table of providers, and what tells after an unknown start
  facade/client.go: New gives the provider a connection a call; if its answers name the customer, pass base in place of fresh
  test/conformance/speccoverage/testdata/exceptions.yaml: what the spec has and nobody uses, with its reason
  specs/sources/deviations.yaml: where the spec differs from its source, with the reason
make test says first what is not filled in, and then what does not agree.
`)
	return nil
}
