// Package footprint_test limits what the library costs those who import it, apart from time and
// memory: bytes of a binary, packages to build, and modules to download.
package footprint_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/fixtures"
)

const library = "github.com/kycstart/kycstart"

// perProvider is how many bytes each provider may add to a program, whether the program uses it or
// not.
const perProvider = 4_000

// TestBinary builds a program that calls an API by hand, and programs that start KYC through the
// library. It limits how much larger these are.
func TestBinary(t *testing.T) {
	folder := t.TempDir()
	weigh := func(program string) int64 {
		binary := filepath.Join(folder, program)
		run(t, ".", nil, "build", "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", binary, "./"+program)
		info, err := os.Stat(binary)
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	base := weigh("without")
	// The linker leaves out what is never called, so a program that uses all providers is larger.
	for program, limit := range map[string]int64{"one": 340_000, "five": 480_000} {
		limit += perProvider * int64(len(fixtures.Providers()))
		added := weigh(program) - base
		t.Logf("%s: %d bytes more than %d without the library, limit %d", program, added, base, limit)
		if added > limit {
			t.Errorf("%s: the library adds %d bytes, the limit is %d", program, added, limit)
		}
	}
}

// maxPackages is how many packages of other modules the build of the facade may need.
const maxPackages = 4

// TestPackages limits the packages that the build of the facade needs, besides the standard library
// and this module.
func TestPackages(t *testing.T) {
	packages := strings.Fields(run(t, ".", nil, "list", "-deps",
		"-f", `{{if not .Standard}}{{if ne .Module.Path "`+library+`"}}{{.Module.Path}}:{{.ImportPath}}{{end}}{{end}}`, library+"/facade"))
	t.Logf("%d packages: %s", len(packages), strings.Join(packages, ", "))
	for _, p := range packages {
		if of, _, _ := strings.Cut(p, ":"); len(packages) > maxPackages || !slices.Contains(needed, of) {
			t.Errorf("%s: %d packages are built, and at most %d may be, of the modules %s", p, len(packages), maxPackages, strings.Join(needed[1:], ", "))
		}
	}
}

// run runs the go command in a folder, with additional environment variables, and returns its
// output.
func run(t *testing.T, folder string, environment []string, args ...string) string {
	t.Helper()
	command := exec.Command("go", args...)
	command.Dir = folder
	command.Env = append(os.Environ(), environment...)
	var failure strings.Builder
	command.Stderr = &failure
	output, err := command.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, failure.String())
	}
	return string(output)
}
