// Package footprint_test holds what the library costs those who import it, beside
// time and memory: bytes of a binary, packages to build, modules to download.
package footprint_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/fixtures"
)

const library = "github.com/kycstart/kycstart"

// perProvider is how many bytes each provider that there is may add beside its use.
const perProvider = 4_000

// TestBinary builds a program that calls an API by hand, and programs that start
// KYC through the library, and holds what they weigh more.
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
	for _, c := range []struct {
		program string
		limit   int64
	}{
		{"one", 340_000},
		// The linker leaves out what is never called: who uses all providers pays more.
		{"five", 480_000},
	} {
		added, limit := weigh(c.program)-base, c.limit+perProvider*int64(len(fixtures.Providers()))
		t.Logf("%s: %d bytes more than %d without the library, limit %d", c.program, added, base, limit)
		if added > limit {
			t.Errorf("%s: the library adds %d bytes, and may add %d", c.program, added, limit)
		}
	}
}

// The limits of what building the facade takes from other modules.
const (
	maxPackages = 4
	maxModules  = 3
)

// TestPackages holds the packages and modules that building the facade takes,
// beside the standard library and this module.
func TestPackages(t *testing.T) {
	output := run(t, ".", nil, "list", "-deps", "-json=ImportPath,Standard,Module", library+"/facade")
	var packages []string
	modules := map[string]bool{}
	for decoder := json.NewDecoder(strings.NewReader(output)); ; {
		var p struct {
			ImportPath string
			Standard   bool
			Module     struct{ Path string }
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if !p.Standard && p.Module.Path != library {
			packages = append(packages, p.ImportPath)
			modules[p.Module.Path] = true
		}
	}
	t.Logf("%d packages: %s", len(packages), strings.Join(packages, ", "))
	t.Logf("%d modules: %s", len(modules), strings.Join(slices.Sorted(maps.Keys(modules)), ", "))
	if len(packages) > maxPackages || len(modules) > maxModules {
		t.Errorf("%d packages of %d modules, and at most %d of %d are allowed", len(packages), len(modules), maxPackages, maxModules)
	}
}

// run runs the go command in a folder, with more environment, and returns what it
// prints.
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
