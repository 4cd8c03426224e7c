// Command checkspecs loads the documents of specs and prints each mistake in one
// line, by file, line and place. It is the first thing that make runs where a
// document is needed: what a broken one breaks elsewhere says less.
package main

import (
	"fmt"
	"os"

	"github.com/kycstart/kycstart/test/internal/specdoc"
)

func main() {
	if _, err := specdoc.Load(os.DirFS("specs")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
