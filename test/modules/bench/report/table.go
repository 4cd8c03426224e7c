package main

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kycstart/kycstart/test/modules/bench"
)

// describe says when, on what and how it was measured, and with which peers.
func describe(count int, peers string) string {
	processor := "unknown processor"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if m := regexp.MustCompile(`model name\s*: (.*)`).FindSubmatch(text); m != nil {
			processor = string(m[1])
		}
	}
	commit := "unknown"
	if text, err := exec.Command("git", "rev-parse", "--short", "HEAD").Output(); err == nil {
		commit = strings.TrimSpace(string(text))
	}
	return fmt.Sprintf("%s, %s, %d x %s, %s/%s, commit %s, medians (and quartiles) of %d rounds.%s\n\n",
		time.Now().Format(time.DateOnly), runtime.Version(), runtime.NumCPU(), processor, runtime.GOOS, runtime.GOARCH, commit, count, peers)
}

// goal is one line of the table of goals.
type goal struct {
	what     string
	limit    float64 // 0 for what has none, and is told for the record
	measured figure
	format   string
	note     string
	why      string // it is missed, if it is
}

func (g goal) String() string {
	limit, verdict, note := "≤ "+fmt.Sprintf(g.format, g.limit), "met", g.note
	switch {
	case g.limit == 0:
		limit, verdict = "", ""
	case missed(g.measured.median, g.limit, g.format):
		verdict = fmt.Sprintf("**missed by %.0f %%**", 100*(asPrinted(g.measured.median, g.format)/g.limit-1))
		if !missed(g.measured.low, g.limit, g.format) {
			verdict += ", within what runs differ by"
		}
		note = strings.TrimPrefix(note+": "+g.why, ": ")
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |\n", g.what, limit, g.measured.text(g.format), verdict, note)
}

// missed tells whether a value is beyond its limit, as both are printed.
func missed(value, limit float64, format string) bool { return asPrinted(value, format) > limit }

// asPrinted is a value as a reader of the table has it.
func asPrinted(value float64, format string) float64 {
	short, err := strconv.ParseFloat(fmt.Sprintf(format, value), 64)
	if err != nil {
		panic(err) // formats are of numbers
	}
	return short
}

// Why goals are missed that are.
const (
	whyGenerated = "a deadline, a watched connection and checked input cost as much as is saved elsewhere; and Forte's widget " +
		"wants its data as it came, so that answer is scanned twice more"
	whyAllocs = "the customer is read from Vault's token"
	whyFloor  = "the facade also has a deadline, watches the connection, and checks what it sends and what it shows"
	whyKept   = "the raw exchange reads and writes no JSON; to X Gateway the facade keeps no connection"
	whyUpload = "the raw bytes are base64 already"
)

// whyPeers is why a peer is faster, if it is.
var whyPeers = map[string]string{
	"ogen": "it generates a JSON decoder, the facade has that of the standard library",
}

const (
	ratioFormat = "%.2f"
	kB          = 1 << 10
	mB          = 1 << 20
)

// goals compares the run with what was promised.
func goals(runs rows, memory []peak) string {
	withoutNetwork := []string{inMemory, growing}
	all := []goal{
		inEach(runs, withoutNetwork, "facade / generated client: time", 1, timeBy(bench.GeneratedName), whyGenerated),
		inEach(runs, withoutNetwork, "facade / generated client: allocations", 1, func(r *row) figure {
			return exactly(r.allocs(bench.FacadeName) / r.allocs(bench.GeneratedName))
		}, whyAllocs),
	}
	for _, floor := range []struct {
		name  string
		limit float64
	}{{"rebilly 201", 1.35}, {"rebilly 422", 1.15}} {
		r := runs.find(inMemory, floor.name)
		all = append(all, goal{"facade / hand-written, " + floor.name, floor.limit, r.ratio(bench.FacadeName, bench.HandwrittenName), ratioFormat,
			fmt.Sprintf("%.2f where both have a deadline", r.ratio(bench.FacadeName, bench.TimedName).median), whyFloor})
	}
	all = append(all, inEach(runs, withoutNetwork, "facade / hand-written", 0, timeBy(bench.HandwrittenName), ""))
	for _, name := range []string{overLoopback, overKept} {
		all = append(all, inEach(runs, []string{name}, "facade / raw exchange, "+runs.title(name), 1.35, timeBy(bench.RawName), whyKept))
	}
	one, many := runs.find(growing, bench.GrowthName(1)), runs.find(growing, bench.GrowthName(1000))
	perDocument := func(contender string) figure {
		return exactly((many.allocs(contender) - one.allocs(contender)) / 999)
	}
	all = append(all,
		goal{"allocations for each document of an answer", 2, perDocument(bench.FacadeName), ratioFormat,
			"documents are decoded only if Result.As asks for them", ""},
		goal{"the same, with Result.As", 0, perDocument(bench.AsName), ratioFormat,
			fmt.Sprintf("the generated client: %.2f", perDocument(bench.GeneratedName).median), ""},
	)
	single, four := at(memory, bench.FacadeName, largest, 1), at(memory, bench.FacadeName, largest, 4)
	images := runs.find(uploadLoopback, bench.LargestUpload.String())
	all = append(all,
		goal{"Qolo, 3 x 10 MB: allocated a call, KB", 128, exactly(single.Allocated / kB), "%.0f", "", ""},
		goal{"Qolo, 3 x 10 MB: peak added, MB", 2, exactly(single.Added / mB), "%.1f", "", ""},
		goal{"Qolo, 3 x 10 MB: peak added by four at once, MB", 4, exactly(four.Added / mB), "%.1f", "", ""},
		goal{"Qolo, 3 x 10 MB: time / raw bytes sent, loopback", 2.5, images.ratio(bench.FacadeName, bench.RawName), ratioFormat, "", whyUpload},
		inEach(runs, []string{uploading}, "Qolo with images, facade / hand-written, no network", 0, timeBy(bench.HandwrittenName), ""),
	)
	for _, peer := range peersOf(runs) {
		all = append(all, inEach(runs, withoutNetwork, "facade / "+peer, 1, timeBy(peer), whyPeers[peer]))
	}
	var b strings.Builder
	b.WriteString("| | goal | measured | | |\n|---|---|---|---|---|\n")
	for _, g := range all {
		b.WriteString(g.String())
	}
	return b.String() + "\n"
}

// timeBy returns the time of the facade by that of another contender.
func timeBy(contender string) func(*row) figure {
	return func(r *row) figure { return r.ratio(bench.FacadeName, contender) }
}

// inEach is the goal that a figure is within limit in each case of some groups.
// It is measured by the worst, and names all that are not.
func inEach(runs rows, groups []string, what string, limit float64, of func(*row) figure, why string) goal {
	g := goal{what: what + ", worst case", limit: limit, format: ratioFormat, why: why}
	var beyond []string
	for _, r := range runs {
		if !slices.Contains(groups, r.group.name) {
			continue
		}
		f := of(r)
		if limit > 0 && missed(f.median, limit, ratioFormat) {
			beyond = append(beyond, fmt.Sprintf("%s "+ratioFormat, r.name, f.median))
		}
		if f.median > g.measured.median {
			g.measured, g.note = f, r.name
		}
	}
	if len(beyond) > 0 {
		g.note = strings.Join(beyond, ", ")
	}
	return g
}

func (rs *rows) find(group, name string) *row {
	for _, r := range *rs {
		if r.group.name == group && r.name == name {
			return r
		}
	}
	return &row{}
}

func (rs *rows) title(group string) string {
	for _, r := range *rs {
		if r.group.name == group {
			return r.group.title
		}
	}
	return group
}

func at(memory []peak, contender string, size, senders int) peak {
	for _, p := range memory {
		if p.contender == contender && p.size == size && p.senders == senders {
			return p
		}
	}
	return peak{}
}

// peersOf are the contenders that are not of this project.
func peersOf(runs rows) (peers []string) {
	own := []string{bench.AsName}
	for _, c := range bench.Contenders() {
		own = append(own, c.Name)
	}
	for _, r := range runs {
		for _, c := range r.contenders {
			if !slices.Contains(own, c) && !slices.Contains(peers, c) {
				peers = append(peers, c)
			}
		}
	}
	return peers
}

// ratios is a table for each group: the time of the facade, and that of the others
// by it; in brackets the allocations.
func ratios(runs rows) string {
	var b strings.Builder
	for _, g := range groups {
		var contenders []string
		for _, r := range runs {
			for _, c := range r.contenders {
				if r.group == g && !slices.Contains(contenders, c) {
					contenders = append(contenders, c)
				}
			}
		}
		of := "processor time"
		if g.clock {
			of = "time"
		}
		fmt.Fprintf(&b, "%s: %s by that of the facade (allocations)\n\n", strings.ToUpper(g.title[:1])+g.title[1:], of)
		fmt.Fprintf(&b, "| | %s |\n|---%s|\n", strings.Join(contenders, " | "), strings.Repeat("|---:", len(contenders)))
		for _, r := range runs {
			if r.group != g {
				continue
			}
			fmt.Fprintf(&b, "| %s |", r.name)
			for _, c := range contenders {
				switch {
				case r.samples[c] == nil:
					b.WriteString(" |")
				case c == bench.FacadeName:
					fmt.Fprintf(&b, " %s (%s) |", duration(r.time(c)), number(r.allocs(c)))
				default:
					fmt.Fprintf(&b, " %.2f (%s) |", r.ratio(c, bench.FacadeName).median, number(r.allocs(c)))
				}
			}
			b.WriteString("\n")
		}
		b.WriteString("\n")
	}
	return b.String()
}

func duration(ns float64) string {
	if ns < 1e6 {
		return fmt.Sprintf("%.1f µs", ns/1e3)
	}
	return fmt.Sprintf("%.1f ms", ns/1e6)
}

// number writes thousands with a comma.
func number(n float64) string {
	if n < 1000 {
		return fmt.Sprintf("%.0f", n)
	}
	return fmt.Sprintf("%d,%03d", int(n)/1000, int(n)%1000)
}

// memoryTable is what the plot shows, in figures.
func memoryTable(memory []peak) string {
	var b strings.Builder
	b.WriteString("Qolo, three images from files, in a process of its own: peak of resident memory added, and allocated a call\n\n")
	b.WriteString("| each image | senders | contender | peak added, MB | allocated, MB |\n|---:|---:|---|---:|---:|\n")
	for _, p := range memory {
		fmt.Fprintf(&b, "| %s | %d | %s | %.1f | %.2f |\n", size(p.size), p.senders, p.contender, p.Added/mB, p.Allocated/mB)
	}
	return b.String()
}

func size(n int) string {
	if n < mB {
		return fmt.Sprintf("%d KB", n/kB)
	}
	return fmt.Sprintf("%d MB", n/mB)
}
