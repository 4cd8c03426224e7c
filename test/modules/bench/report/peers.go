package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

var ogenVersion = regexp.MustCompile(`github\.com/ogen-go/ogen (\S+)`)

// versionsOf tells which versions of the peers are pinned in their folder.
func versionsOf(folder string) (string, error) {
	text, err := os.ReadFile(filepath.Join(folder, "package.json"))
	if err != nil {
		return "", err
	}
	var pinned struct {
		Versions map[string]string `json:"devDependencies"`
	}
	if err := json.Unmarshal(text, &pinned); err != nil {
		return "", err
	}
	goMod, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		return "", err
	}
	ogen := ogenVersion.FindSubmatch(goMod)
	if ogen == nil {
		return "", fmt.Errorf("no ogen in %s", folder)
	}
	return fmt.Sprintf(" The peers: openapi-generator-cli %s with its generator go-experimental, the last one that holds the generator itself; "+
		"AutoRest for Go %s; ogen %s. They get the documents without security schemes, defaults and unions, which one or the other refuses.",
		pinned.Versions["@openapitools/openapi-generator-cli"], pinned.Versions["@autorest/go"], ogen[1]), nil
}
