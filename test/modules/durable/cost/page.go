package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// pageOf is the page of the figures.
func pageOf(rates map[sample][]float64) string {
	var page strings.Builder
	fmt.Fprintf(&page, "# What a start costs in a queue\n\n")
	fmt.Fprintf(&page, "Written by `make durable-cost` on %s: %s, %d cores, %d jobs a measurement, the median of %d rounds and in brackets\n"+
		"the least and the most. A process has %d calls at once and looks for jobs every %v; on Postgres it has ten connections.\n"+
		"The sandbox, the database and the processes share the machine.\n\n",
		time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.NumCPU(), *jobs, *rounds, calls, poll)
	fmt.Fprintln(&page, "| a second | 1 process | 2 processes | 4 processes |\n|---|---|---|---|")
	for _, row := range []struct{ name, database, what string }{
		{"SQLite: the queue's empty jobs", sqlite, empty},
		{"SQLite: starts", sqlite, starts},
		{"Postgres: the queue's empty jobs", postgresql, empty},
		{"Postgres: starts", postgresql, starts},
		{"the sandbox: starts without a queue", "", directly},
	} {
		fmt.Fprintf(&page, "| %s |", row.name)
		for _, n := range processes {
			middle, least, most := median(rates[sample{row.database, row.what, n}])
			fmt.Fprintf(&page, " %.0f (%.0f–%.0f) |", middle, least, most)
		}
		fmt.Fprintln(&page)
	}
	return page.String()
}
