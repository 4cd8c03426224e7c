package main

import (
	"bytes"
	"fmt"
	"io"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// group is one benchmark function and how it is run.
type group struct {
	name      string // of the function, without Benchmark
	benchtime string
	// processors it may use. What does not wait for anybody runs on one, so that
	// its processor time is its own and not that of the garbage collector beside it.
	processors int
	// clock tells that time is what the clock says: for what waits for a server.
	// Otherwise it is processor time, which other programs do not disturb.
	clock bool
	title string
}

// peersFolder is the module with the peers.
const peersFolder = "peers"

const (
	inMemory       = "Memory"
	inParallel     = "Parallel"
	overLoopback   = "Loopback"
	overKept       = "Kept"
	growing        = "Growth"
	uploading      = "Upload"
	uploadLoopback = "UploadLoopback"
)

var groups = []group{
	{inMemory, "20ms", 1, false, "no network"},
	{inParallel, "20ms", runtime.NumCPU(), true, "no network, all processors at once"},
	{overLoopback, "20ms", runtime.NumCPU(), true, "loopback, a connection each"},
	{overKept, "20ms", runtime.NumCPU(), true, "loopback, connections kept"},
	{growing, "20ms", 1, false, "Rebilly 201 with many documents, no network"},
	{uploading, "3x", 1, false, "Qolo with images, no network"},
	{uploadLoopback, "3x", runtime.NumCPU(), true, "Qolo with images, loopback"},
}

// sample is one line of go test.
type sample struct {
	time   float64 // nanoseconds, of the clock or of the processors: see group.clock
	bytes  float64
	allocs float64
}

// row is one case of one group, with the samples of each contender by rounds.
type row struct {
	group      group
	name       string
	contenders []string
	samples    map[string][]sample
}

// rows are in the order in which they were measured.
type rows []*row

func (rs *rows) at(g group, name string) *row {
	for _, r := range *rs {
		if r.group == g && r.name == name {
			return r
		}
	}
	r := &row{group: g, name: name, samples: map[string][]sample{}}
	*rs = append(*rs, r)
	return r
}

// measure runs every benchmark once a round. So the contenders of a case take
// turns, and go test's own -count, which runs one of them many times in a row, is
// not used.
func measure(count int, peers bool, lines string) (rows, error) {
	folder := "."
	if peers {
		folder = peersFolder
	}
	scratch, err := os.MkdirTemp("", "bench")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	binary := filepath.Join(scratch, "bench.test")
	if _, err := run(folder, "go", "test", "-c", "-o", binary, "."); err != nil {
		return nil, err
	}
	if _, err := run(folder, binary, "-test.run", "."); err != nil {
		return nil, err // a contender does not do what it is measured for
	}
	var all bytes.Buffer
	var measured rows
	for round := range count {
		log.Printf("round %d of %d", round+1, count)
		for _, g := range groups {
			output, err := run(folder, binary, "-test.run", "^$", "-test.bench", "^Benchmark"+g.name+"$",
				"-test.benchtime", g.benchtime, "-test.cpu", strconv.Itoa(g.processors))
			if err != nil {
				return nil, err
			}
			all.Write(output)
			if err := measured.add(g, output); err != nil {
				return nil, err
			}
		}
	}
	if lines != "" {
		err = os.WriteFile(lines, all.Bytes(), 0o644)
	}
	return measured, err
}

func run(folder, name string, args ...string) ([]byte, error) {
	command := exec.Command(name, args...)
	command.Dir = folder
	var output bytes.Buffer
	command.Stdout, command.Stderr = &output, io.MultiWriter(&output, os.Stderr)
	if err := command.Run(); err != nil {
		return nil, fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, output.Bytes())
	}
	return output.Bytes(), nil
}

var (
	line   = regexp.MustCompile(`(?m)^Benchmark\w+/(\S+)/([\w-]+?)(?:-\d+)?\s+\d+\s+(.*)$`)
	metric = regexp.MustCompile(`([\d.]+) (\S+)`)
)

// add reads the lines of go test.
func (rs *rows) add(g group, output []byte) error {
	found := line.FindAllSubmatch(output, -1)
	if len(found) == 0 {
		return fmt.Errorf("no benchmark in:\n%s", output)
	}
	for _, l := range found {
		metrics := map[string]float64{}
		for _, m := range metric.FindAllSubmatch(l[3], -1) {
			value, err := strconv.ParseFloat(string(m[1]), 64)
			if err != nil {
				return err
			}
			metrics[string(m[2])] = value
		}
		s := sample{metrics["cpu-ns/op"], metrics["B/op"], metrics["allocs/op"]}
		if g.clock {
			s.time = metrics["ns/op"]
		}
		contender := string(l[2])
		r := rs.at(g, strings.ReplaceAll(string(l[1]), "_", " "))
		if r.samples[contender] == nil {
			r.contenders = append(r.contenders, contender)
		}
		r.samples[contender] = append(r.samples[contender], s)
	}
	return nil
}
