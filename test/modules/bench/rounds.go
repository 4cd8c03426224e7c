package bench

import (
	"context"
	"net/http"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// sample is what one exchange took, on average over a round: nanoseconds of the
// clock, of this process's processors and of the server's, and allocations.
type sample struct{ clock, processor, server, allocs float64 }

// Figures that a sample has.
func clock(s sample) float64     { return s.clock }
func processor(s sample) float64 { return s.processor }
func bothEnds(s sample) float64  { return s.processor + s.server }
func allocs(s sample) float64    { return s.allocs }

// measure makes n exchanges, one after the other. used tells how much of the
// processors the server has used, nil for no server.
func measure(n int, exchange Exchange, used func() time.Duration) sample {
	if used == nil {
		used = func() time.Duration { return 0 }
	}
	ctx := context.Background()
	Must(exchange(ctx)) // what is done only once in a program's life
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	server, own, began := used(), processorTime(), time.Now()
	for range n {
		Must(exchange(ctx))
	}
	took, own := time.Since(began), processorTime()-own
	runtime.ReadMemStats(&after)
	per := func(total float64) float64 { return total / float64(n) }
	return sample{per(float64(took)), per(float64(own)), per(float64(used() - server)), per(float64(after.Mallocs - before.Mallocs))}
}

// processorTime is what this process has used of the processors. Unlike the
// clock it does not run on while other processes have them.
func processorTime() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// table has the samples of each round, by case and contender.
type table map[string]map[string][]sample

// turns makes a table: in each round all contenders of a case are measured in a
// row, so that what disturbs the machine for a moment disturbs them all.
func turns(rounds, n int, cases, contenders []string, exchange func(c, contender string) Exchange, used func() time.Duration) table {
	t := table{}
	prepared := map[[2]string]Exchange{}
	for _, c := range cases {
		t[c] = map[string][]sample{}
		for _, contender := range contenders {
			prepared[[2]string{c, contender}] = exchange(c, contender)
		}
	}
	for round := range rounds {
		for _, c := range cases {
			for i := range contenders {
				contender := contenders[(i+round)%len(contenders)] // nobody is always the first
				t[c][contender] = append(t[c][contender], measure(n, prepared[[2]string{c, contender}], used))
			}
		}
	}
	return t
}

// noNetwork measures the exchanges without a network, on one processor: its time
// is then that of the exchange, and not that of the garbage collector beside it.
func noNetwork(rounds int, contenders []Contender) table {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	var cases []string
	for _, c := range Cases() {
		cases = append(cases, c.Name)
	}
	return turns(rounds, 1000, cases, namesOf(contenders), func(name, contender string) Exchange {
		c := caseNamed(name)
		return find(contenders, contender).Prepare(c.Provider, &http.Client{Transport: memory{c}}, "https://provider.test")
	}, nil)
}

func namesOf(contenders []Contender) (names []string) {
	for _, c := range contenders {
		names = append(names, c.Name)
	}
	return names
}

func find(contenders []Contender, name string) Contender {
	return contenders[slices.IndexFunc(contenders, func(c Contender) bool { return c.Name == name })]
}

func median(values []float64) float64 {
	slices.Sort(values)
	return (values[len(values)/2] + values[(len(values)-1)/2]) / 2
}

// typical is the median of a figure.
func typical(samples []sample, of func(sample) float64) float64 {
	var all []float64
	for _, s := range samples {
		all = append(all, of(s))
	}
	return median(all)
}

// ratio is a figure of one contender by that of another in the same round: what
// slows both down leaves it alone.
func (t table) ratio(c, a, b string, of func(sample) float64) float64 {
	var all []float64
	for i, s := range t[c][a] {
		all = append(all, of(s)/of(t[c][b][i]))
	}
	return median(all)
}
