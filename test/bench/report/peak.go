package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"sync"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/bench"
)

const childCommand = "peak"

// peak is what sending three images took in a process of its own.
type peak struct {
	contender string
	size      int // of one image
	senders   int

	Added     float64 // resident memory at its highest, above what it was before, in bytes
	Allocated float64 // in all, by each sender, in bytes
}

// sizes are those of one image, for the plot.
var sizes = []int{10 << 10, 100 << 10, 300 << 10, 1 << 20, 3 << 20, 10 << 20}

const largest = 10 << 20

// peaks measures each contender at each size, and four senders at the largest.
func peaks() ([]peak, error) {
	server, err := bench.ServeUploads()
	if err != nil {
		return nil, err
	}
	defer server.Close()
	folder, err := os.MkdirTemp("", "images")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder)

	var all []peak
	for _, size := range sizes {
		file := filepath.Join(folder, strconv.Itoa(size))
		if err := os.WriteFile(file, bench.Picture(size), 0o600); err != nil {
			return nil, err
		}
		for _, contender := range []string{bench.FacadeName, bench.GeneratedName, bench.HandwrittenName} {
			for _, senders := range []int{1, 4} {
				if senders > 1 && size != largest {
					continue
				}
				p, err := inChild(peak{contender: contender, size: size, senders: senders}, server.URL, file)
				if err != nil {
					return nil, err
				}
				all = append(all, p)
			}
		}
	}
	return all, nil
}

// inChild measures p in processes of its own, and returns the median.
func inChild(p peak, url, file string) (peak, error) {
	var added, allocated []float64
	for range 7 {
		output, err := exec.Command(os.Args[0], childCommand, "-contender", p.contender, "-url", url, "-file", file,
			"-senders", strconv.Itoa(p.senders)).Output()
		if err != nil {
			return p, fmt.Errorf("peak of %s: %w", p.contender, err)
		}
		if err := json.Unmarshal(output, &p); err != nil {
			return p, err
		}
		added, allocated = append(added, p.Added), append(allocated, p.Allocated)
	}
	p.Added, p.Allocated = median(added), median(allocated)
	return p, nil
}

// child sends images, and prints what that took.
func child(args []string) {
	flags := flag.NewFlagSet(childCommand, flag.ExitOnError)
	name := flags.String("contender", "", "who sends")
	url := flags.String("url", "", "where to")
	file := flags.String("file", "", "each of the images")
	senders := flags.Int("senders", 1, "how many send at once")
	_ = flags.Parse(args)

	var p peak
	for _, contender := range bench.Contenders() {
		if contender.Name != *name {
			continue
		}
		// A start without images first: what a program needs anyway is there then.
		if err := send(contender, bench.Images{}, *url, *senders); err != nil {
			log.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		resident := status("VmRSS")
		if err := send(contender, bench.Images{Count: 3, File: *file}, *url, *senders); err != nil {
			log.Fatal(err)
		}
		p.Added = max(0, status("VmHWM")-resident)
		runtime.ReadMemStats(&after)
		p.Allocated = float64(after.TotalAlloc-before.TotalAlloc) / float64(*senders)
	}
	_ = json.NewEncoder(os.Stdout).Encode(p)
}

// send has as many senders send the images, all at once.
func send(contender bench.Contender, images bench.Images, url string, senders int) error {
	exchange, err := contender.Upload(images, facade.NewTransport(), url)
	if err != nil {
		return err
	}
	failures := make([]error, senders)
	var group sync.WaitGroup
	for i := range senders {
		group.Go(func() { _, failures[i] = exchange(context.Background()) })
	}
	group.Wait()
	return errors.Join(failures...)
}

var statusLine = regexp.MustCompile(`(\w+):\s+(\d+) kB`)

// status is a line of what Linux tells of this process, in bytes.
func status(name string) float64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		log.Fatal(err)
	}
	for _, l := range statusLine.FindAllSubmatch(text, -1) {
		if string(l[1]) == name {
			kB, _ := strconv.ParseFloat(string(l[2]), 64)
			return kB * 1024
		}
	}
	log.Fatalf("no %s in /proc/self/status", name)
	return 0
}
