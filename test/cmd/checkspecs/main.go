// Command checkspecs says what is wrong with each document of specs by itself, one line for each
// mistake, with file, line and place. If a path or method has changed, it also names the fixture
// requests that no longer fit an operation. Make runs it first, because what these mistakes break
// elsewhere is harder to understand.
package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/internal/inventory"
	"github.com/kycstart/kycstart/test/internal/specdoc"
)

func main() {
	if err := check(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func check() error {
	if _, err := specdoc.All(); err != nil {
		return err
	}
	starts, err := filepath.Glob("test/fixtures/*/request.http")
	lookups, failed := filepath.Glob("test/fixtures/*/*/request.http")
	err = errors.Join(err, failed)
	for _, file := range append(starts, lookups...) {
		err = errors.Join(err, stray(file))
	}
	if err != nil {
		// Also report what else follows from the change, so that it is known at once.
		err = errors.Join(err, inventory.Drift("specs/sources"))
	}
	return err
}

// stray returns an error for a request that fits none of its provider's operations.
func stray(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	provider := strings.Split(filepath.ToSlash(file), "/")[2]
	if contract.OperationOf(provider, r) == "" {
		err = fmt.Errorf("%s: specs/%s.yaml has no operation for %s %s: change the one that is wrong", file, provider, r.Method, r.URL.Path)
	}
	return err
}
