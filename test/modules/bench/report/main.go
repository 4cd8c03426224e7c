// Command report runs the benchmarks and says what they mean: a table of goals,
// met or missed, a table of ratios, and a plot of memory over document size, all
// from one run.
//
//	go run ./report           # in test/modules/bench
//	go run ./report -peers    # with the other generators, once their code is made
//
// It prints the tables, and writes them and the plot to results.md and memory.svg
// in the folder latest. Those beside this folder are what README shows: -out .
// writes them anew, and README's copy of the first table must follow.
package main

import (
	"flag"
	"fmt"
	"log"
	"os"
	"path/filepath"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("report: ")
	if len(os.Args) > 1 && os.Args[1] == childCommand {
		if err := child(os.Args[2:]); err != nil {
			log.Fatal(err)
		}
		return
	}
	count := flag.Int("count", 15, "how often each benchmark is run")
	peers := flag.Bool("peers", false, "measure the peers as well")
	lines := flag.String("lines", "", "file to keep the lines of go test in, for benchstat")
	out := flag.String("out", "latest", "folder for results.md and memory.svg")
	flag.Parse()
	if err := report(*count, *peers, *lines, *out); err != nil {
		log.Fatal(err)
	}
}

func report(count int, peers bool, lines, out string) error {
	var versions string
	if peers {
		var err error
		if versions, err = versionsOf(peersFolder); err != nil {
			return err
		}
	}
	runs, err := measure(count, peers, lines)
	if err != nil {
		return err
	}
	memory, err := peaks()
	if err != nil {
		return err
	}
	text := describe(count, versions) + goals(runs, memory) + ratios(runs) + memoryTable(memory)
	fmt.Print(text)
	if err := os.MkdirAll(out, 0o750); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "results.md"), []byte(text), 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(out, "memory.svg"), plot(memory), 0o644); err != nil {
		return err
	}
	log.Printf("the tables are in test/modules/bench/%s as well, and the plot of memory over the size of images", out)
	return nil
}
