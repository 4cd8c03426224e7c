package main

import (
	"fmt"
	"runtime"
	"strings"
	"time"
)

// pageOf returns the page with the figures.
func pageOf(all map[sample][]measured) string {
	var page strings.Builder
	fmt.Fprintf(&page, "# What a start costs in a queue\n\n")
	fmt.Fprintf(&page, "Written by `make durable-cost` on %s: %s, %d cores, %d jobs a measurement, the median of %d rounds and in brackets\n"+
		"the least and the most. A process has %d calls at once and looks for jobs every %v; on Postgres it has ten connections.\n"+
		"Providers, database and processes share the machine. [What follows from it](README.md#on-paper).\n\n",
		time.Now().UTC().Format(time.DateOnly), runtime.Version(), runtime.NumCPU(), *jobs, *rounds, calls, poll)
	rate := func(m measured) float64 { return m.rate }
	fmt.Fprintln(&page, "| a second | 1 process | 2 processes | 4 processes |\n|---|---|---|---|")
	for _, row := range []struct{ name, database, what string }{
		{"SQLite: the queue's empty jobs", sqlite, empty},
		{"SQLite: starts", sqlite, starts},
		{"Postgres: the queue's empty jobs", postgresql, empty},
		{"Postgres: starts", postgresql, starts},
		{"what the sandbox takes: the same calls without a queue", "", directly},
	} {
		fmt.Fprintf(&page, "| %s |", row.name)
		for _, n := range processes {
			fmt.Fprintf(&page, " %s |", figure(all[sample{row.database, row.what, n}], rate))
		}
		fmt.Fprintln(&page)
	}
	fmt.Fprintln(&page, "\n| | SQLite | Postgres |\n|---|---|---|")
	for _, row := range []struct {
		name  string
		value func(measured) float64
	}{
		{"starts that one process enqueues a second, one after the other", func(m measured) float64 { return m.enqueued }},
		{"bytes of the database a start that has ended, with its job and their indexes", func(m measured) float64 { return m.bytes }},
	} {
		fmt.Fprintf(&page, "| %s | %s | %s |\n", row.name,
			figure(all[sample{sqlite, starts, 1}], row.value), figure(all[sample{postgresql, starts, 1}], row.value))
	}
	fmt.Fprintln(&page, "\n| starts an hour | a second | of SQLite with one process | of Postgres with four | intents a day | of Postgres' disk a day |\n|---|---|---|---|---|---|")
	file, _, _ := median(all[sample{sqlite, starts, 1}], rate)
	server, _, _ := median(all[sample{postgresql, starts, 4}], rate)
	size, _, _ := median(all[sample{postgresql, starts, 4}], func(m measured) float64 { return m.bytes })
	for _, hour := range []float64{100, 10_000, 1_000_000} {
		second := hour / 3600
		fmt.Fprintf(&page, "| %.0f | %.3g | %.2g %% | %.2g %% | %.0f | %.2g GB |\n", hour, second, 100*second/file, 100*second/server, 24*hour, 24*hour*size/1e9)
	}
	return page.String()
}

func figure(all []measured, value func(measured) float64) string {
	middle, least, most := median(all, value)
	return fmt.Sprintf("%.0f (%.0f–%.0f)", middle, least, most)
}
