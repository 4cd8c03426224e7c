// Command newprovider writes what a new provider needs: its spec, the facts of its
// source, its file of the facade, its descriptor, its fixtures, the rules of its
// answers, and its lines in the lists that name all providers.
//
// What it writes is complete: the small provider Acme of the templates, which does not exist, under
// the new name. Each of its facts that must be replaced by the new provider's own is marked.
// TestEveryProviderIsDescribed fails with one line for each mark, until none is left.
package main

import (
	"embed"
	"errors"
	"flag"
	"fmt"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
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
	goName, files, err := naming(name, goName)
	if err != nil {
		return err
	}
	for _, file := range lists {
		if files[file], err = extended(file, name, goName); err != nil {
			return err
		}
	}
	// Nothing is written before this, so that a failed run changes nothing.
	fmt.Printf("Written for %s, with what is still to be filled in behind FILL IN:\n", name)
	for _, file := range slices.Sorted(maps.Keys(files)) {
		fmt.Println("  " + file)
		// The folders have the permissions that git gives them.
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(files[file]), 0o644)); err != nil { //nolint:gosec // see there
			return err
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

var key = regexp.MustCompile(`^[a-z][a-z0-9]{1,19}$`)

// naming returns the name in Go of a new provider, and the files of its own. It fails if a name is
// not allowed, or if one of these files is there already.
func naming(name, goName string) (string, map[string]string, error) {
	if goName == "" && name != "" {
		goName = strings.ToUpper(name[:1]) + name[1:]
	}
	if !key.MatchString(name) || token.IsKeyword(name) || !token.IsExported(goName) || !strings.EqualFold(goName, name) {
		return "", nil, fmt.Errorf("%q, in Go %q, is no name: use 2 to 20 small letters and digits, beginning with a letter, and no keyword of Go; "+
			"in Go the same letters, beginning with a capital: make provider NAME=xgateway GONAME=XGateway", name, goName)
	}
	files, err := filled(strings.NewReplacer("Acme", goName, "acme", name))
	for _, file := range slices.Sorted(maps.Keys(files)) {
		if _, failed := os.Stat(file); !errors.Is(failed, fs.ErrNotExist) {
			return "", nil, fmt.Errorf("%s is there already: use another name than %s", file, name)
		}
	}
	return goName, files, err
}

// templates holds the files of Acme. The name of Go code ends in .txt there, so that it is not
// built.
//
//go:embed template
var templates embed.FS

// filled returns the files of the templates, with another name for Acme.
func filled(acme *strings.Replacer) (map[string]string, error) {
	files := map[string]string{}
	return files, fs.WalkDir(templates, "template", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := templates.ReadFile(path)
		file := strings.TrimSuffix(strings.TrimPrefix(path, "template/"), ".txt")
		files[acme.Replace(file)] = acme.Replace(string(text))
		return err
	})
}

// lists are the files with lists that name every provider, from Vault to Qolo and Rebilly.
var lists = []string{
	"specs/specs.go", "specs/normalized.yaml", "facade/request.go", "facade/request_json.go", "facade/client.go",
	"test/fixtures/descriptor.go", "test/behaviour/evidence/evidence.go",
}

// item matches an item of its own in a list: a line that begins with Rebilly, and what is indented
// below it.
var item = regexp.MustCompile(`(?mi)^(//go:generate .* |\t(case \*?|if config\.|facade\.)?)rebilly.*\n(\t\t.*\n)*(\t\}\n)?`)

// extended returns the text of a file with the new provider after Rebilly in every list. It fails if
// there is no such list.
func extended(file, name, goName string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	// The templates have answers that do not name the customer, and Rebilly's do.
	instead := strings.NewReplacer("Rebilly", goName, "rebilly", name, "endpoint(base,", "endpoint(fresh,")
	all := item.ReplaceAllStringFunc(string(text), func(rebilly string) string { return rebilly + instead.Replace(rebilly) })
	// In a list on one line, what stands between the last two comes once more.
	all = regexp.MustCompile(`vault.*qolo(.*)rebilly`).ReplaceAllString(all, "$0${1}"+name)
	all = regexp.MustCompile(`Vault.*Qolo(.*)Rebilly`).ReplaceAllString(all, "$0${1}"+goName)
	if all == string(text) {
		return "", fmt.Errorf("%s has no list of all providers in the form that test/cmd/newprovider/main.go knows", file)
	}
	return all, nil
}
