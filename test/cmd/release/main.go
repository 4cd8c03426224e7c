// Command release checks that the module works as its users get it, as a zip, with the example
// application and its tests. make release-check runs it after everything else that must hold before
// a version is tagged. test/conformance/footprint checks that README's program builds, and what it
// inherits.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/module"

	"github.com/kycstart/kycstart/test/internal/modproxy"
)

func main() {
	folder, err := os.MkdirTemp("", "release")
	if err == nil {
		err = errors.Join(check(folder), os.RemoveAll(folder))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// packed is the module as its users get it, under a version that no tag has.
var packed = module.Version{Path: "github.com/kycstart/kycstart", Version: "v0.0.0-check"}

// check packs the module and runs the tests of the example application against the zip.
func check(folder string) (err error) {
	var environment []string
	run := func(in string, words ...string) {
		if err != nil {
			return
		}
		fmt.Println("release:", strings.Join(words, " "))
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = in, append(os.Environ(), environment...), os.Stdout, os.Stderr
		err = cmd.Run()
	}
	clone, consumer := filepath.Join(folder, "clone"), filepath.Join(folder, "consumer")
	run(".", "git", "clone", "--quiet", "--shared", ".", clone) // holds only what is committed
	if err == nil {
		environment, err = modproxy.Publish(folder, packed, clone)
	}
	err = errors.Join(err, os.CopyFS(consumer, os.DirFS(clone+"/test/modules/consumer")))
	run(consumer, "go", "mod", "edit", "-dropreplace="+packed.Path, "-require="+packed.String())
	run(consumer, "go", "get", packed.String())
	run(consumer, "go", "test", "./...")
	return err
}
