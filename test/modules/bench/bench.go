// Package bench measures what a start through the facade costs its user: handshakes, calls that
// wait, memory, and the work that remains without a network. It compares this with other ways to
// make the same exchange: the generated client alone, a client written by hand, and, in the module
// peers, the client of another generator.
//
// All of them make the same exchanges in one run, in turns. The ratios between them count, since
// the times depend on the machine.
package bench

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// results are the results for one version of Go.
type results struct {
	Go     string
	Goals  []goal
	Ways   [][]string        // what each way costs
	Wire   [][]string        // every case, over TLS
	Memory [][]string        // every case, without a network
	Images map[string][]held // what three images add, by contender and size
}

// Main measures the contenders with each version of Go, and prints the page. peer is the module of
// the other generator. Call it in the folder of its program, which it runs again for each version.
func Main(contenders []Contender, peer string) {
	children := map[string]func([]string){
		"measure": func(args []string) {
			tell(measureAll(Must(strconv.Atoi(args[0])), contenders))
		},
		"serve": serveChild, "wait": waitChild, "answers": answersChild, "upload": uploadChild,
	}
	if len(os.Args) > 1 && children[os.Args[1]] != nil {
		children[os.Args[1]](os.Args[2:])
		return
	}
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	versions := flags.String("go", "go1.27.3 local", "versions of Go, as GOTOOLCHAIN has them; the first is the one whose goals count")
	rounds := flags.Int("rounds", 40, "how often each exchange is measured")
	folder := flags.String("record", "", "folder of results.md and memory.svg, to write the results to")
	Must(0, flags.Parse(os.Args[1:]))
	Must(0, Check(contenders))
	var all []results
	for version := range strings.FieldsSeq(*versions) {
		log.Println(version)
		all = append(all, measureWith(version, *rounds))
	}
	run := fmt.Sprintf("`make bench`, %s, %s", time.Now().Format(time.DateOnly), machine())
	about := fmt.Sprintf("commit %s, %s, medians of %d rounds.", output("git", "rev-parse", "--short", "HEAD"),
		output("go", "list", "-m", "-f", "{{.Path}} {{.Version}}", peer), *rounds)
	text := page(run, about, all)
	fmt.Print(text)
	if *folder != "" {
		Must(0, os.WriteFile(filepath.Join(*folder, "results.md"), []byte(text), 0o644))
		Must(0, os.WriteFile(filepath.Join(*folder, "memory.svg"), plot(all[0].Images), 0o644))
	}
}

// measureWith builds this program with a version of Go, and measures with it.
func measureWith(version string, rounds int) (r results) {
	process := exec.Command("go", "run", ".", "measure", strconv.Itoa(rounds))
	process.Env = append(os.Environ(), "GOTOOLCHAIN="+version)
	process.Stderr = os.Stderr
	Must(0, json.Unmarshal(Must(process.Output()), &r))
	return r
}

// tell prints what this process has measured, for the process that started it.
func tell(v any) { Must(0, json.NewEncoder(os.Stdout).Encode(v)) }

func machine() string {
	model := regexp.MustCompile(`model name\s*: (.*)`).FindSubmatch(Must(os.ReadFile("/proc/cpuinfo")))
	return fmt.Sprintf("%d x %s, %s/%s", runtime.NumCPU(), model[1], runtime.GOOS, runtime.GOARCH)
}

// output returns what a command prints.
func output(name string, args ...string) string {
	command := exec.Command(name, args...)
	command.Stderr = os.Stderr
	return strings.TrimSpace(string(Must(command.Output())))
}
