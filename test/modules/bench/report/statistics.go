package main

import (
	"fmt"
	"slices"
)

// figure is what was measured: the median, and the quartiles around it.
type figure struct {
	low, median, high float64
}

func figureOf(values []float64) figure {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return figure{}
	}
	last := len(sorted) - 1
	return figure{
		low:    sorted[last/4],
		median: (sorted[len(sorted)/2] + sorted[last/2]) / 2,
		high:   sorted[last-last/4],
	}
}

// exactly is a figure that does not vary, or whose quartiles nobody asks for.
func exactly(value float64) figure { return figure{value, value, value} }

// text prints the median, and the quartiles if they differ from it in print.
func (f figure) text(format string) string {
	low, median, high := fmt.Sprintf(format, f.low), fmt.Sprintf(format, f.median), fmt.Sprintf(format, f.high)
	if low == median && high == median {
		return median
	}
	return fmt.Sprintf("%s (%s to %s)", median, low, high)
}

func median(values []float64) float64 { return figureOf(values).median }

func times(samples []sample) (all []float64) {
	for _, s := range samples {
		all = append(all, s.time)
	}
	return all
}

// time is the median time of a contender, in nanoseconds.
func (r *row) time(contender string) float64 { return median(times(r.samples[contender])) }

// ratio is the time of one contender by that of another in the same round: what
// slows both down leaves it alone.
func (r *row) ratio(a, b string) figure {
	var all []float64
	for i, s := range r.samples[a] {
		if i < len(r.samples[b]) {
			all = append(all, s.time/r.samples[b][i].time)
		}
	}
	return figureOf(all)
}

// allocs is how often a contender allocates in one exchange. The runs of a
// benchmark differ by what they prepare, which the longest run spreads thinnest.
func (r *row) allocs(contender string) float64 {
	return lowest(r.samples[contender], func(s sample) float64 { return s.allocs })
}

// bytes is how much a contender allocates in one exchange.
func (r *row) bytes(contender string) float64 {
	return lowest(r.samples[contender], func(s sample) float64 { return s.bytes })
}

func lowest(samples []sample, of func(sample) float64) float64 {
	all := make([]float64, len(samples))
	for i, s := range samples {
		all[i] = of(s)
	}
	if len(all) == 0 {
		return 0
	}
	return slices.Min(all)
}
