package main

import "slices"

func median(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	if len(sorted) == 0 {
		return 0
	}
	return (sorted[len(sorted)/2] + sorted[(len(sorted)-1)/2]) / 2
}

func times(samples []sample) (all []float64) {
	for _, s := range samples {
		all = append(all, s.time)
	}
	return all
}

// time is the median time of a contender, in nanoseconds.
func (r *row) time(contender string) float64 { return median(times(r.samples[contender])) }

// ratio is the median, over the rounds, of the time of one contender by that of
// another in the same round: what slows both down leaves it alone.
func (r *row) ratio(a, b string) float64 {
	var all []float64
	for i, s := range r.samples[a] {
		all = append(all, s.time/r.samples[b][i].time)
	}
	return median(all)
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
