package bench

import (
	"context"
	"maps"
	"net/http"
	"runtime"
	"slices"
	"syscall"
	"time"
)

// sample is what one exchange took, on average over a round: nanoseconds of the clock, of this
// process's processor time and of the server's, and allocations.
type sample struct{ clock, processor, server, allocs float64 }

// These are the figures of a sample.
func clock(s sample) float64     { return s.clock }
func processor(s sample) float64 { return s.processor }
func bothEnds(s sample) float64  { return s.processor + s.server }
func allocs(s sample) float64    { return s.allocs }

// measure makes n exchanges, one after the other. used tells how much processor time the server has
// used.
func measure(n int, exchange Exchange, used func() time.Duration) sample {
	ctx := context.Background()
	Must(exchange(ctx)) // do first what a program does only once
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

func noServer() time.Duration { return 0 }

// processorTime returns the processor time that this process has used. Unlike the clock, it stops
// while other processes use the processors.
func processorTime() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// table holds the samples of each round, by case and by contender or way.
type table map[string]map[string][]sample

// turns measures exchanges in rounds. In each round all of them run, one after the other, so that a
// short disturbance of the machine affects them all.
func turns(rounds, n int, exchanges map[string]Exchange, used func() time.Duration) map[string][]sample {
	names, samples := slices.Sorted(maps.Keys(exchanges)), map[string][]sample{}
	for round := range rounds {
		for i := range names {
			name := names[(i+round)%len(names)] // so that each one is first at times
			samples[name] = append(samples[name], measure(n, exchanges[name], used))
		}
	}
	return samples
}

// noNetwork measures the exchanges without a network, on one processor. Its time is then that of
// the exchange, and not of the garbage collector next to it.
func noNetwork(rounds int, contenders []Contender) table {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	all := table{}
	for _, c := range Cases() {
		exchanges := map[string]Exchange{}
		for _, contender := range contenders {
			exchanges[contender.Name] = contender.Prepare(c.Provider, &http.Client{Transport: memory{c}}, "https://provider.test")
		}
		all[c.Name] = turns(rounds, 1000, exchanges, noServer)
	}
	return all
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

// typical returns the median of a figure.
func typical(samples []sample, of func(sample) float64) float64 {
	var all []float64
	for _, s := range samples {
		all = append(all, of(s))
	}
	return median(all)
}

// ratio divides a figure of one contender by that of another in the same round. Whatever slows both
// down does not change it.
func (t table) ratio(c, a, b string, of func(sample) float64) float64 {
	var all []float64
	for i, s := range t[c][a] {
		all = append(all, of(s)/of(t[c][b][i]))
	}
	return median(all)
}
