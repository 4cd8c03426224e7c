package main

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/test/modules/bench"
)

// printed are two rounds of go test, with a contender whose name has a hyphen.
var printed = []string{
	`goos: linux
BenchmarkMemory/rebilly_201/facade-2            	   10	 200.0 ns/op	 100.0 cpu-ns/op	 64 B/op	 8 allocs/op
BenchmarkMemory/rebilly_201/openapi-generator-2 	   10	 900.0 ns/op	 400.0 cpu-ns/op	 99 B/op	 9 allocs/op
PASS
`,
	`BenchmarkMemory/rebilly_201/facade            	   10	 200.0 ns/op	 300.0 cpu-ns/op	 60 B/op	 7 allocs/op
BenchmarkMemory/rebilly_201/openapi-generator 	   10	 900.0 ns/op	 600.0 cpu-ns/op	 99 B/op	 9 allocs/op
`,
}

func TestLines(t *testing.T) {
	for _, c := range []struct {
		clock bool
		time  float64
		ratio float64
	}{
		{clock: false, time: 200, ratio: 3}, // of 4 and 2: a round is compared with itself
		{clock: true, time: 200, ratio: 4.5},
	} {
		var runs rows
		for _, output := range printed {
			if err := runs.add(group{name: inMemory, clock: c.clock}, []byte(output)); err != nil {
				t.Fatal(err)
			}
		}
		r := runs.find(inMemory, "rebilly 201")
		if got := r.time(bench.FacadeName); got != c.time {
			t.Errorf("clock %v: the time is %v, want %v", c.clock, got, c.time)
		}
		if got := r.ratio("openapi-generator", bench.FacadeName).median; got != c.ratio {
			t.Errorf("clock %v: the ratio is %v, want %v", c.clock, got, c.ratio)
		}
		if r.allocs(bench.FacadeName) != 7 || r.bytes(bench.FacadeName) != 60 {
			t.Errorf("%v allocations of %v bytes", r.allocs(bench.FacadeName), r.bytes(bench.FacadeName))
		}
	}
}

func TestNoLines(t *testing.T) {
	var runs rows
	if runs.add(groups[0], []byte("PASS\n")) == nil {
		t.Error("a run without benchmarks is accepted")
	}
}

func TestGoals(t *testing.T) {
	for _, c := range []struct {
		limit    float64
		measured figure
		want     string
	}{
		{1, exactly(1), "| ≤ 1.00 | 1.00 | met | note |"},
		{1, exactly(1.004), "| ≤ 1.00 | 1.00 | met | note |"},
		{1, exactly(1.254), "| ≤ 1.00 | 1.25 | **missed by 25 %** | note: why |"},
		{1, figure{1.02, 1.03, 1.04}, "| ≤ 1.00 | 1.03 (1.02 to 1.04) | **missed by 3 %** | note: why |"},
		{1, figure{0.99, 1.03, 1.04}, "| ≤ 1.00 | 1.03 (0.99 to 1.04) | **missed by 3 %**, within what runs differ by | note: why |"},
		{0, exactly(1.25), "|  | 1.25 |  | note |"},
	} {
		if got := (goal{"what", c.limit, c.measured, ratioFormat, "note", "why"}).String(); !strings.Contains(got, c.want) {
			t.Errorf("got %s want %s", got, c.want)
		}
	}
}

func TestFigure(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   figure
	}{
		{nil, figure{}},
		{[]float64{3}, figure{3, 3, 3}},
		{[]float64{4, 1, 3, 2, 5}, figure{2, 3, 4}},
		{[]float64{4, 1, 3, 2}, figure{1, 2.5, 4}},
	} {
		if got := figureOf(c.values); got != c.want {
			t.Errorf("%v: %v, want %v", c.values, got, c.want)
		}
	}
}

// TestInEach has a goal that the facade meets in one case, and misses in two.
func TestInEach(t *testing.T) {
	var runs rows
	for name, time := range map[string]float64{"a": 90, "b": 120, "c": 150} {
		r := runs.at(groups[0], name)
		r.samples[bench.FacadeName] = []sample{{time: time}}
		r.samples[bench.GeneratedName] = []sample{{time: 100}}
	}
	slices.SortFunc(runs, func(x, y *row) int { return strings.Compare(x.name, y.name) })
	got := inEach(runs, []string{inMemory}, "what", 1, timeBy(bench.GeneratedName), "why").String()
	if want := "| what, worst case | ≤ 1.00 | 1.50 | **missed by 50 %** | b 1.20, c 1.50: why |\n"; got != want {
		t.Errorf("got  %swant %s", got, want)
	}
}

// TestPlot reads the plot as XML, and looks for a point of each size.
func TestPlot(t *testing.T) {
	var memory []peak
	for i, n := range sizes {
		memory = append(memory, peak{contender: bench.FacadeName, size: n, senders: 1, Added: float64(i+1) * mB})
	}
	points := 0
	decoder := xml.NewDecoder(strings.NewReader(string(plot(memory))))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if element, ok := token.(xml.StartElement); ok && element.Name.Local == "circle" {
			points++
		}
	}
	if points != len(sizes) {
		t.Errorf("%d points for %d sizes", points, len(sizes))
	}
	if x(sizes[0]) < left || x(largest) > right || y(0) != bottom || y(1e12) != top {
		t.Error("points outside of the plot")
	}
}
