package faults_test

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/kycstart/kycstart/facade"
)

// answers is what proxies, gateways and content networks say in their own name,
// as literal HTTP. Those of nginx and HAProxy were recorded by
// test/modules/intermediaries, in front of an origin that had read the whole
// POST; the others were written after what is known of them. Their first header
// says which.
//
//go:embed testdata/intermediaries/*.http
var answers embed.FS

// unseen are the answers that are as good as a refusal of the provider's own:
// whole, in the members, the status and the media type that it documents. There
// Started is no. If the provider had read the request before, this is wrong, and
// no client can see it; for every other answer Started is unknown.
var unseen = map[string][]facade.Provider{
	// Qolo documents 400, 401 and 404, and no error object: an empty body without
	// a type, and any whole JSON, may be Qolo's own.
	"haproxy_404_empty":    {facade.Qolo},
	"cloudfront_404_empty": {facade.Qolo},
	"haproxy_404_json":     {facade.Qolo},
	"nginx_404_json":       {facade.Qolo},
	"aws_api_gateway_400":  {facade.Qolo},
	"aws_api_gateway_401":  {facade.Qolo},
	"aws_api_gateway_404":  {facade.Qolo},
	"kong_404":             {facade.Qolo},
	"cloudflare_400":       {facade.Qolo}, // X Gateway has the same members, but its codes are texts
	"aspnet_404_problem":   {facade.Qolo}, // Rebilly documents no 404

	// Vault documents a text error, under these statuses.
	"spring_gateway_400": {facade.Vault, facade.Qolo},
	"spring_gateway_404": {facade.Vault, facade.Qolo},
	// Rebilly documents problems, which have a status.
	"spring_gateway_403": {facade.Vault, facade.Rebilly},
	"aspnet_401_problem": {facade.Qolo, facade.Rebilly},
	// Forte documents an error with a code and a message.
	"google_api_403": {facade.Forte},
}

// intermediaryFaults have the answer of somebody between the library and the
// provider, who has read the request or not. A file more in the folder is a case
// more.
var intermediaryFaults = func() (all []fault) {
	files, err := fs.Glob(answers, "testdata/intermediaries/*.http")
	if err != nil {
		panic(err)
	}
	named := len(unseen)
	for _, file := range files {
		text, _ := answers.ReadFile(file)
		w, minor := want{kind: anyKind}, 0
		if _, err := fmt.Sscanf(string(text), "HTTP/1.%d %d ", &minor, &w.status); err != nil {
			panic(fmt.Sprint(file, ": ", err))
		}
		name := strings.TrimSuffix(path.Base(file), ".http")
		no, found := unseen[name]
		if found {
			named--
		}
		all = append(all, fault{name: name, script: saying(string(text)), setup: func(s *scene) { s.shown = "" }, want: func(s *scene) want {
			w := w
			if slices.Contains(no, s.provider) {
				w.started = facade.StartedNo
			}
			return w
		}})
	}
	if named != 0 {
		panic(fmt.Sprintf("%d of the answers that unseen names have no file", named))
	}
	return all
}()
