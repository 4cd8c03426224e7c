package main

import (
	"embed"
	"errors"
	"fmt"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"strings"
	"text/template"
	"time"
)

// mark is written before each place that is still to be filled in.
const mark = "FILL IN"

// provider holds what is filled into the templates.
type provider struct {
	Name  string // the key: acme
	Go    string // the name in Go: Acme
	Title string // the name in words
	Date  string // today's
	// Refusals are the statuses that mean a refusal in the template's spec.
	Refusals []int
}

var key = regexp.MustCompile(`^[a-z][a-z0-9]{1,19}$`)

// newProvider returns a provider with that key. It fails if the key is not allowed or already in
// use.
func newProvider(name, goName string) (provider, error) {
	if !key.MatchString(name) || token.IsKeyword(name) {
		return provider{}, fmt.Errorf("%q is no key: use 2 to 20 small letters and digits, beginning with a letter, and no keyword of Go; make provider NAME=acme", name)
	}
	if goName == "" {
		goName = strings.ToUpper(name[:1]) + name[1:]
	}
	if !token.IsExported(goName) || !strings.EqualFold(goName, name) {
		return provider{}, fmt.Errorf("%q is no name in Go for %s: use the same letters, beginning with a capital; make provider NAME=xgateway GONAME=XGateway", goName, name)
	}
	if _, err := os.Stat("specs/" + name + ".yaml"); !errors.Is(err, fs.ErrNotExist) {
		return provider{}, fmt.Errorf("specs/%s.yaml is there already", name)
	}
	return provider{name, goName, goName, time.Now().UTC().Format(time.DateOnly), []int{400, 401, 404}}, nil
}

//go:embed template
var templates embed.FS

// files returns the files of the templates, filled in for the provider.
func (p provider) files() (map[string]string, error) {
	all := map[string]string{}
	return all, fs.WalkDir(templates, "template", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := templates.ReadFile(path)
		if err != nil {
			return err
		}
		t, err := template.New(path).Option("missingkey=error").Parse(string(text))
		if err != nil {
			return err
		}
		var filled strings.Builder
		err = t.Execute(&filled, p)
		all[strings.TrimSuffix(strings.ReplaceAll(strings.TrimPrefix(path, "template/"), "provider", p.Name), ".txt")] = filled.String()
		return err
	})
}
