package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
)

// lists are the files with lists that name every provider, from Vault to Qolo and Rebilly.
var lists = []string{
	"specs/specs.go", "specs/normalized.yaml", "facade/request.go", "facade/request_json.go", "facade/client.go",
	"test/fixtures/descriptor.go", "test/behaviour/evidence/providers.go",
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
		return "", fmt.Errorf("%s has no list of all providers in the form that test/cmd/newprovider/lists.go knows", file)
	}
	return all, nil
}
