package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/modules/bench"
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

var largest = bench.LargestUpload.Size

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
	self, err := os.Executable()
	if err != nil {
		return p, err
	}
	var added, allocated []float64
	for range 7 {
		output, err := exec.Command(self, childCommand, "-contender", p.contender, "-url", url, "-file", file,
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
func child(args []string) error {
	flags := flag.NewFlagSet(childCommand, flag.ExitOnError)
	name := flags.String("contender", "", "who sends")
	url := flags.String("url", "", "where to")
	file := flags.String("file", "", "each of the images")
	senders := flags.Int("senders", 1, "how many send at once")
	_ = flags.Parse(args)

	all := bench.Contenders()
	at := slices.IndexFunc(all, func(c bench.Contender) bool { return c.Name == *name })
	if at < 0 {
		return fmt.Errorf("no contender %q", *name)
	}
	p, err := measurePeak(all[at], bench.Images{Count: 3, File: *file}, *url, *senders)
	if err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(p)
}

func measurePeak(contender bench.Contender, images bench.Images, url string, senders int) (p peak, err error) {
	// A start without images first: what a program needs anyway is there then.
	if err := send(contender, bench.Images{}, url, senders); err != nil {
		return p, err
	}
	resident, err := status("VmRSS")
	if err != nil {
		return p, err
	}
	if err := send(contender, images, url, senders); err != nil {
		return p, err
	}
	highest, err := status("VmHWM")
	if err != nil {
		return p, err
	}
	p.Added = max(0, highest-resident)

	var before, after runtime.MemStats // of a second time: no buffer is made for the first time
	runtime.ReadMemStats(&before)
	if err := send(contender, images, url, senders); err != nil {
		return p, err
	}
	runtime.ReadMemStats(&after)
	p.Allocated = float64(after.TotalAlloc-before.TotalAlloc) / float64(senders)
	return p, nil
}

// send has as many senders send the images, all at once.
func send(contender bench.Contender, images bench.Images, url string, senders int) error {
	exchange, err := contender.Upload(images, facade.NewTransport(), url)
	if err != nil {
		return err
	}
	_, err = bench.AtOnce(senders, exchange)(context.Background())
	return err
}

var statusLine = regexp.MustCompile(`(\w+):\s+(\d+) kB`)

// status is a line of what Linux tells of this process, in bytes.
func status(name string) (float64, error) {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for _, l := range statusLine.FindAllSubmatch(text, -1) {
		if string(l[1]) == name {
			kilobytes, err := strconv.ParseFloat(string(l[2]), 64)
			return kilobytes * kB, err
		}
	}
	return 0, fmt.Errorf("no %s in /proc/self/status", name)
}
