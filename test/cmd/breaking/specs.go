package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/getkin/kin-openapi/openapi3"

	"github.com/kycstart/kycstart/test/internal/inventory"
)

// specChanges compares the specs in the working tree with those of another.
func specChanges(old, scratch string) (all []change, err error) {
	oasdiff, err := tool("oasdiff")
	if err != nil {
		return nil, err
	}
	names, err := specNames(old)
	if err != nil {
		return nil, err
	}
	now, err := specNames(".")
	if err != nil {
		return nil, err
	}
	for _, name := range now {
		if !slices.Contains(names, name) {
			all = append(all, change{what: name, text: "new"})
		}
	}
	for _, name := range names {
		if !slices.Contains(now, name) {
			all = append(all, change{true, name, "removed"})
			continue
		}
		base, err := withPaths(filepath.Join(old, name), filepath.Join(scratch, "base-"+filepath.Base(name)))
		if err != nil {
			return nil, err
		}
		revision, err := withPaths(name, filepath.Join(scratch, filepath.Base(name)))
		if err != nil {
			return nil, err
		}
		changes, err := compare(oasdiff, name, base, revision)
		if err != nil {
			return nil, err
		}
		all = append(all, changes...)
	}
	return all, nil
}

// specNames returns the documents of a tree.
func specNames(tree string) (names []string, err error) {
	files, err := fs.Glob(os.DirFS(tree), "specs/*.yaml")
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if file != "specs/oapi-codegen.yaml" {
			names = append(names, file)
		}
	}
	return names, nil
}

// noPaths is what a document of schemas alone has. oasdiff looks at operations
// only, so such schemas get one each.
const noPaths = "\npaths: {}\n"

// withPaths returns a file that oasdiff sees all of.
func withPaths(file, copied string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	if !strings.Contains(string(text), noPaths) {
		return file, nil
	}
	return copied, os.WriteFile(copied, []byte(strings.Replace(string(text), noPaths, "\npaths:\n"+showing("Result")+showing("Error"), 1)), 0o600)
}

// showing returns a path whose answer is a schema.
func showing(schema string) string {
	return fmt.Sprintf("  /%s:\n    get:\n      responses:\n        '200':\n          description: Payload.\n"+
		"          content:\n            application/json:\n              schema:\n                $ref: '#/components/schemas/%s'\n", schema, schema)
}

// levels of oasdiff: from the warning on, clients may break.
const warning = 2

// published is the document of the library's own payload. For a provider's
// answer oasdiff is right that an optional property may go; whoever shows the
// payload misses it.
const (
	published   = "specs/normalized.yaml"
	propertyOut = "response-optional-property-removed"
)

func compare(oasdiff, name, base, revision string) (all []change, err error) {
	out, err := output(".", oasdiff, "changelog", "--flatten-allof", "--format", "json", base, revision)
	if err != nil {
		return nil, err
	}
	var found []struct {
		ID, Text string
		Level    int
	}
	if err := json.Unmarshal([]byte(out), &found); err != nil {
		return nil, fmt.Errorf("breaking: oasdiff: %w", err)
	}
	for _, f := range found {
		if f.ID == "api-version-not-bumped" {
			continue // the version in a spec is the provider's
		}
		all = append(all, change{f.Level >= warning || name == published && f.ID == propertyOut, name, fmt.Sprintf("%s [%s]", f.Text, f.ID)})
	}
	schemes, err := schemeChanges(name, base, revision)
	return append(all, schemes...), err
}

// schemeChanges compares how credentials are sent, which oasdiff does not: a
// renamed header of an API key is no change to it.
func schemeChanges(name, base, revision string) (all []change, err error) {
	before, errBefore := schemes(base)
	after, errAfter := schemes(revision)
	for scheme, was := range before {
		is, ok := after[scheme]
		if ok && is != was {
			all = append(all, change{true, name, fmt.Sprintf("the security scheme %s was %s and is %s [security-scheme-changed]",
				scheme, inWords(was), inWords(is))})
		}
	}
	return all, errors.Join(errBefore, errAfter)
}

func schemes(file string) (map[string]inventory.Scheme, error) {
	doc, err := openapi3.NewLoader().LoadFromFile(file)
	if err != nil {
		return nil, fmt.Errorf("breaking: %s: %w", file, err)
	}
	all := map[string]inventory.Scheme{}
	if doc.Components == nil {
		return all, nil
	}
	for name, ref := range doc.Components.SecuritySchemes {
		s := ref.Value
		all[name] = inventory.Scheme{Type: s.Type, In: s.In, Name: s.Name, Scheme: strings.ToLower(s.Scheme)}
	}
	return all, nil
}

func inWords(s inventory.Scheme) string {
	return strings.Join(strings.Fields(strings.Join([]string{s.Type, s.In, s.Name, s.Scheme}, " ")), " ")
}
