package sandbox

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
)

// isVisit reports whether somebody looks where they are.
func (p *provider) isVisit(r *http.Request) bool {
	path := strings.TrimSuffix(r.URL.Path, "/")
	return (r.Method == http.MethodGet || r.Method == http.MethodHead) && (path == "" || path == fixtures.Of(p.name).BasePath)
}

// welcome tells where one is, and what is expected here.
func (p *provider) welcome(w http.ResponseWriter) {
	method, path, header, body, err := fixtures.Request(string(p.name))
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	fmt.Fprintf(w, "This is %s in the sandbox of kycstart. Its base URL is %s.\nIt answers %s if nothing is chosen, to requests such as:\n\n%s %s\n",
		p.name, p.origin()+fixtures.Of(p.name).BasePath, Default(p.name), method, path)
	_ = header.Write(w)
	fmt.Fprintf(w, "\n%s\n", body)
}

// methods are those that may be named: any other text could be anything.
var methods = []string{
	http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions,
}

// found returns what was found in more words where it is the method or the path,
// so that a slip of the pen shows. Of the path it shows what is like the documents'
// own words: the rest may be an id.
func found(p facade.Provider, r *http.Request, v contract.Violation) string {
	switch {
	case v.Pointer == "method" && slices.Contains(methods, r.Method):
		return r.Method
	case v.Pointer == "path":
		shown := []string{}
		for segment := range strings.SplitSeq(strings.TrimPrefix(r.URL.Path, "/"), "/") {
			if !slices.ContainsFunc(literals(p), func(word string) bool { return alike(segment, word) }) {
				segment = "*"
			}
			shown = append(shown, segment)
		}
		return "/" + strings.Join(shown, "/") + elsewhere(p, r)
	}
	return v.Found
}

// elsewhere names the provider to which the path belongs, if it is another one.
func elsewhere(p facade.Provider, r *http.Request) string {
	for _, other := range Providers() {
		isPath := func(v contract.Violation) bool { return v.Pointer == "path" }
		if other != p && !slices.ContainsFunc(contract.Request(string(other), r, nil), isPath) {
			return ", a path of " + string(other)
		}
	}
	return ""
}

// literals are the fixed segments of the paths of a provider.
func literals(p facade.Provider) (words []string) {
	doc := contract.Spec(string(p))
	for path := range doc.Paths.Map() {
		words = append(words, strings.Split(path, "/")...)
	}
	for _, server := range doc.Servers {
		words = append(words, strings.Split(server.URL, "/")...)
	}
	return slices.DeleteFunc(words, func(word string) bool { return len(word) < 2 || strings.ContainsAny(word, "{}:.") })
}

// alike reports whether a text is a word, or differs from it in its case or by one
// letter added, lost or changed.
func alike(text, word string) bool {
	text, word = strings.ToLower(text), strings.ToLower(word)
	same := 0
	for same < min(len(text), len(word)) && text[same] == word[same] {
		same++
	}
	if same == 0 && len(word) < 4 {
		return false // the rest of so short a word is like anything
	}
	text, word = text[same:], word[same:]
	rest := func(s string) string { return s[min(1, len(s)):] }
	return text == word || rest(text) == word || text == rest(word) || rest(text) == rest(word)
}
