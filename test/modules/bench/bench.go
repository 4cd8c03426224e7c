// Package bench measures what a start through the facade costs its user: handshakes,
// calls that wait, memory, and the work that is left without a network. Beside it are
// other ways to make the same exchange: the generated client alone, a client written
// by hand, and, in the module peers, the clients of other generators.
//
// All of them make the same exchanges in one run, in turns. What counts are the
// ratios between them; times are the machine's.
package bench

import (
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// goal is a row of the table.
type goal struct{ What, Limit, Measured string }

// results are those of one version of Go.
type results struct {
	Taken string // when, on what machine, and with what
	Goals []goal
	Ways  [][]string // what each way costs
	Cases [][]string // processor time and allocations without a network
}

// Main measures the contenders, prints the tables and, with -record, writes them.
// peers tells which versions of other generators are among them.
func Main(contenders []Contender, peers string) {
	if len(os.Args) > 1 {
		children := map[string]func([]string){"serve": serveChild, "wait": waitChild, "answers": answersChild, "upload": uploadChild}
		if child := children[os.Args[1]]; child != nil {
			child(os.Args[2:])
			return
		}
	}
	rounds := flag.Int("rounds", 15, "how often each exchange is measured")
	folder := flag.String("record", "", "folder of results.json, results.md and memory.svg, to write the results to")
	flag.Parse()
	Must(0, Check(contenders))
	r, added := measureAll(*rounds, contenders)
	r.Taken = fmt.Sprintf("%s, %s, commit %s, medians of %d rounds.%s", time.Now().Format(time.DateOnly), machine(), commit(), *rounds, peers)
	all := map[string]results{}
	if *folder != "" {
		if text, err := os.ReadFile(filepath.Join(*folder, "results.json")); err == nil {
			Must(0, json.Unmarshal(text, &all))
		}
	}
	all[runtime.Version()] = r
	fmt.Print(page(all))
	if *folder != "" {
		write(*folder, "results.json", Must(json.MarshalIndent(all, "", "\t")))
		write(*folder, "results.md", []byte(page(all)))
		write(*folder, "memory.svg", plot(added))
	}
}

func write(folder, name string, text []byte) {
	Must(0, os.WriteFile(filepath.Join(folder, name), text, 0o644))
}

func machine() string {
	model := regexp.MustCompile(`model name\s*: (.*)`).FindSubmatch(Must(os.ReadFile("/proc/cpuinfo")))
	return fmt.Sprintf("%d x %s, %s/%s", runtime.NumCPU(), model[1], runtime.GOOS, runtime.GOARCH)
}

func commit() string {
	return strings.TrimSpace(string(Must(exec.Command("git", "rev-parse", "--short", "HEAD").Output())))
}

func measureAll(rounds int, contenders []Contender) (r results, added map[string][]held) {
	log.Println("without a network")
	without := noNetwork(rounds, contenders)
	log.Println("over TLS")
	over, kept, trips := map[string]map[string][]sample{}, table{}, map[string][]string{}
	for _, version := range []string{"TLS 1.3", "TLS 1.2"} {
		over[version] = overWays(rounds, version)
		for c, samples := range overKept(rounds, version, contenders) {
			kept[c] = samples
		}
		for _, way := range ways {
			near, distant := latency(version, way.transport, 20*time.Millisecond), latency(version, way.transport, 100*time.Millisecond)
			trips[way.name] = append(trips[way.name], fmt.Sprintf("%.0f", distant/100), fmt.Sprintf("%.0f, %.0f ms", near, distant),
				fmt.Sprintf("%.2f ms", typical(over[version][way.name], processor)/1e6))
		}
	}
	log.Println("waiting calls")
	waits, floor := waiting(facadeName), waiting(byHandName)
	log.Println("large answers")
	answer := inChild(nil, "answers")
	log.Println("images")
	added = map[string][]held{}
	var many held
	server := httptest.NewServer(caseNamed("qolo 200"))
	defer server.Close()
	for _, n := range sizes {
		image := picture(n)
		for _, contender := range []string{facadeName, generatedName} {
			added[contender] = append(added[contender], uploading(contender, server.URL, image, 1))
		}
		if n == sizes[len(sizes)-1] {
			many = uploading(facadeName, server.URL, image, 64)
		}
		Must(0, os.Remove(image))
	}
	one := added[facadeName][len(sizes)-1]

	first, second := ways[0].name, ways[1].name
	resumed := table{"": over["TLS 1.3"]}
	peers := slices.DeleteFunc(namesOf(contenders), func(name string) bool { return slices.Contains(namesOf(Contenders()), name) })
	r.Goals = []goal{
		{"TLS 1.3, from the second call on / a full handshake each: processor time, both ends", "≤ 0.55",
			verdict(0.55, "%.2f", resumed.ratio("", second, first, bothEnds)) +
				fmt.Sprintf("; the client alone %.2f", resumed.ratio("", second, first, processor))},
		{"TLS 1.2, from the second call on: round trips", "3", trips[second][3]},
		{"connections kept, Qolo and Rebilly / generated client: time; allocations", "≤ 1.10; ≤ 1.05",
			worst(1.10, kept, clock, generatedName) + "; " + worst(1.05, kept, allocs, generatedName)},
		{"no network / generated client: time; allocations", "≤ 1.00; ≤ 1.00",
			worst(1, without, processor, generatedName) + "; " + worst(1, without, allocs, generatedName)},
		{"no network / fastest other generator; / by hand with the same deadline and limit", "≤ 1.00; ≤ 1.25",
			worst(1, without, processor, peers...) + "; " + worst(1.25, without, processor, byHandName)},
		{fmt.Sprintf("%d calls that wait over TLS / by hand: memory", waitingCalls()), "≤ 1.05",
			verdict(1.05, "%.2f", waits.Added/floor.Added) + fmt.Sprintf("; each holds %.1f kB and %.0f goroutines, by hand %.1f kB and %.0f",
				waits.Added/kB, waits.Goroutines, floor.Added/kB, floor.Goroutines)},
		{"an answer of 1 MiB, 200 at once, worst shape and provider: memory", "≤ 16 MB", verdict(16, "%.1f MB", answer.Added/mB)},
		{"Qolo, 3 x 10 MB: allocated; peak; 64 at once", "≤ 128 kB; ≤ 2 MB; ≤ 32 MB",
			verdict(128, "%.0f kB", one.Allocated/kB) + "; " + verdict(2, "%.1f MB", one.Added/mB) + "; " + verdict(32, "%.1f MB", many.Added/mB)},
	}
	for _, way := range ways {
		r.Ways = append(r.Ways, append([]string{way.name}, trips[way.name]...))
	}
	r.Cases = [][]string{append([]string{""}, namesOf(contenders)...)}
	for _, c := range Cases() {
		row := []string{c.Name, fmt.Sprintf("%.1f µs (%.0f)", typical(without[c.Name][facadeName], processor)/1e3, typical(without[c.Name][facadeName], allocs))}
		for _, name := range namesOf(contenders)[1:] {
			row = append(row, fmt.Sprintf("%.2f (%.0f)", without.ratio(c.Name, name, facadeName, processor), typical(without[c.Name][name], allocs)))
		}
		r.Cases = append(r.Cases, row)
	}
	return r, added
}

// worst is the facade's figure by that of others, in the case and beside the one
// where it is highest, and names all that miss the limit.
func worst(limit float64, t table, of func(sample) float64, others ...string) string {
	if len(others) == 0 {
		return "not measured"
	}
	var most float64
	var missed []string
	for c := range t {
		for _, other := range others {
			ratio := t.ratio(c, facadeName, other, of)
			most = max(most, ratio)
			if asPrinted(ratio, "%.2f") > limit {
				missed = append(missed, strings.TrimPrefix(fmt.Sprintf("%s / %s %.2f", c, other, ratio), " "))
			}
		}
	}
	slices.Sort(missed)
	if len(missed) == 0 {
		return verdict(limit, "%.2f", most)
	}
	return verdict(limit, "%.2f", most) + " (" + strings.Join(missed, ", ") + ")"
}

// verdict prints a figure, and by how much it misses its limit, if it does.
func verdict(limit float64, format string, value float64) string {
	text := fmt.Sprintf(format, value)
	if over := asPrinted(value, format)/limit - 1; over > 0 {
		text += fmt.Sprintf(", **missed by %.0f %%**", 100*over)
	}
	return text
}

// asPrinted is a value as a reader of the table has it.
func asPrinted(value float64, format string) (short float64) {
	Must(fmt.Sscan(fmt.Sprintf(format, value), &short))
	return short
}
