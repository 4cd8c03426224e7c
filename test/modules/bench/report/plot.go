package main

import (
	"fmt"
	"math"
	"strings"

	"github.com/kycstart/kycstart/test/modules/bench"
)

// The plot's area within the drawing, in pixels.
const (
	left, right = 72.0, 560.0
	top, bottom = 46.0, 330.0
)

// Both axes are logarithmic: sizes and peaks span three powers of ten.
const (
	smallestSize, largestSize = 8 * kB, 13 * mB
	smallestPeak, largestPeak = 0.1 * mB, 1000 * mB
)

// curves are the contenders of the plot, and how they are drawn. The colours hold
// on white and on black, and differ in brightness for those who see no colour.
var curves = []struct {
	contender, label, colour string
	shift                    float64 // of the label, where curves end close to one another
}{
	{bench.GeneratedName, "generated client", "#c9403c", -18},
	{bench.HandwrittenName, "by hand, encoding/json", "#6d6d6d", 18},
	{bench.FacadeName, "facade", "#1f77b4", 0},
}

// plot draws the peak of memory over the size of the images as SVG.
func plot(memory []peak) []byte {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 390" font-family="sans-serif" font-size="13" role="img">` + "\n")
	b.WriteString("<title>Peak of resident memory added by sending three images to Qolo</title>\n")
	b.WriteString(`<rect width="800" height="390" fill="#ffffff"/>` + "\n")
	text(&b, left, 26, "start", "#222222", "Memory that a start with three images adds at its peak (both axes logarithmic)")
	for _, mb := range []float64{0.1, 1, 10, 100, 1000} {
		height := y(mb * mB)
		rule(&b, left, height, right, height)
		text(&b, left-8, height+4, "end", "#222222", fmt.Sprintf("%g MB", mb))
	}
	for _, n := range sizes {
		rule(&b, x(n), top, x(n), bottom)
		text(&b, x(n), bottom+18, "middle", "#222222", size(n))
	}
	text(&b, (left+right)/2, bottom+42, "middle", "#222222", "size of each image")
	for _, c := range curves {
		var points []string
		var last peak
		for _, p := range memory {
			if p.contender == c.contender && p.senders == 1 {
				points = append(points, fmt.Sprintf("%.1f,%.1f", x(p.size), y(p.Added)))
				fmt.Fprintf(&b, `<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"/>`+"\n", x(p.size), y(p.Added), c.colour)
				last = p
			}
		}
		fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2.5"/>`+"\n", strings.Join(points, " "), c.colour)
		at10 := fmt.Sprintf("%.1f MB; four at once %.1f MB", last.Added/mB, at(memory, c.contender, largest, 4).Added/mB)
		text(&b, right+12, y(last.Added)+c.shift-3, "start", c.colour, c.label)
		text(&b, right+12, y(last.Added)+c.shift+13, "start", c.colour, at10)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

func x(size int) float64 {
	return left + (right-left)*math.Log(float64(size)/smallestSize)/math.Log(float64(largestSize)/smallestSize)
}

func y(peak float64) float64 {
	inside := min(max(peak, smallestPeak), largestPeak)
	return bottom - (bottom-top)*math.Log(inside/smallestPeak)/math.Log(largestPeak/smallestPeak)
}

func rule(b *strings.Builder, x1, y1, x2, y2 float64) {
	fmt.Fprintf(b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#dddddd"/>`+"\n", x1, y1, x2, y2)
}

func text(b *strings.Builder, x, y float64, anchor, colour, words string) {
	fmt.Fprintf(b, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>`+"\n", x, y, anchor, colour, words)
}
