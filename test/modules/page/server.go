package main

import (
	"bytes"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strings"

	"github.com/kycstart/kycstart/specs"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/outcome"
	"github.com/kycstart/kycstart/test/sandbox"
)

//go:embed assets
var assets embed.FS

// The policies allow only what this server serves. They forbid scripts and styles inside a page,
// and text that becomes HTML.
const (
	policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
		"form-action 'none'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'"
	// Redoc makes a style element without text, and fills it with calls to which no policy applies.
	// Its scrollbar brings another style element with text. The hashes allow these two texts and no
	// other. Redoc also writes HTML from the specs' Markdown, which is ours.
	specsPolicy = "default-src 'none'; script-src 'self'; " +
		"style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' 'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='; " +
		"img-src 'self' data:; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)

// maxPasted is several times the size of the largest answer that the facade reads.
const maxPasted = 8 << 20

// handler serves the page and the calls that the page makes.
func handler(s *sandbox.Sandbox) (http.Handler, error) {
	rows, err := outcome.Rows()
	if err != nil {
		return nil, err
	}
	files, err := fs.Sub(assets, "assets")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/sandbox/", s.Handler())
	mux.Handle("/", page(http.FileServerFS(files)))
	mux.HandleFunc("GET /vendor/redoc.standalone.js", redoc)
	mux.Handle("GET /specs/{file}", http.StripPrefix("/specs/", http.FileServerFS(specs.Files)))
	mux.Handle("GET /api/outcomes", answer(func(*http.Request) (any, error) { return rows, nil }))
	mux.Handle("GET /api/fixtures/{name...}", answer(func(r *http.Request) (any, error) {
		c, err := fixtures.Find(r.PathValue("name"))
		return answered(c.Status, c.Header, c.Body), err
	}))
	mux.Handle("GET /api/forms", answer(func(*http.Request) (any, error) { return forms() }))
	mux.Handle("POST /api/judge", answer(func(r *http.Request) (any, error) {
		var p pasted
		if err := decode(r, &p); err != nil {
			return nil, err
		}
		return judge(p)
	}))
	mux.Handle("POST /api/start", answer(func(r *http.Request) (any, error) {
		var a attempt
		if err := decode(r, &a); err != nil {
			return nil, err
		}
		return try(r.Context(), s, a)
	}))
	return sandbox.OnLoopback(secure(mux)), nil
}

// secure sets the headers that every answer must have.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

// page serves the files of the page.
func page(files http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") && r.URL.Path != "/" {
			http.NotFound(w, r) // no listings
			return
		}
		if path.Base(r.URL.Path) == "specs.html" {
			w.Header().Set("Content-Security-Policy", specsPolicy)
		}
		files.ServeHTTP(w, r)
	})
}

// redocLogo is the only thing that Redoc would load from elsewhere.
const redocLogo = "https://cdn.redoc.ly/redoc/logo-mini.svg"

func redoc(w http.ResponseWriter, _ *http.Request) {
	code, err := assets.ReadFile("assets/vendor/redoc.standalone.js")
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/javascript; charset=utf-8")
	_, _ = w.Write(bytes.ReplaceAll(code, []byte(redocLogo), []byte("/icon.svg")))
}

// inputError is a mistake in what was filled in.
type inputError struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

func badInput(field, message string) error { return &inputError{field, message} }

// Error returns the field and the message.
func (e *inputError) Error() string { return e.Field + " " + e.Message }

func decode(r *http.Request, target any) error {
	d := json.NewDecoder(http.MaxBytesReader(nil, r.Body, maxPasted))
	d.DisallowUnknownFields()
	err := d.Decode(target)
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &long):
		return badInput("body", fmt.Sprintf("is too long: this page takes %d MiB", maxPasted>>20))
	case err != nil:
		return badInput("request", "is not the JSON that this page sends")
	}
	return nil
}

// answer answers with the JSON that a function returns.
func answer(f func(r *http.Request) (any, error)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		value, err := f(r)
		status := http.StatusOK
		var wrong *inputError
		switch {
		case errors.As(err, &wrong):
			// With a status of 400 or more, a browser would write an error into its console.
			value = map[string]any{"problem": wrong}
		case err != nil:
			status, value = http.StatusInternalServerError, map[string]string{"error": err.Error()}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(value) // if the page is gone, nobody needs the answer
	})
}
