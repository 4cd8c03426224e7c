package bench

import (
	"fmt"
	"math"
	"strings"
)

// sizes are the sizes of one image in the plot. The table uses the last one.
var sizes = []int{10 * kB, 100 * kB, 300 * kB, mB, 3 * mB, 10 * mB}

// The plot's area within the drawing, in pixels, and the ranges of its logarithmic axes.
const (
	left, right, top, bottom  = 72.0, 560.0, 46.0, 330.0
	smallestSize, largestSize = 8 * kB, 13 * mB
	leastAdded, mostAdded     = 0.1 * mB, 1000 * mB
)

// curves say how contenders are drawn. The colours are visible on white and on black, and differ in
// brightness for those who see no colour.
var curves = []struct{ contender, label, colour string }{
	{generatedName, "generated client", "#c9403c"},
	{facadeName, "facade", "#1f77b4"},
}

// plot draws the memory that three images take against the size of each, as SVG.
func plot(added map[string][]held) []byte {
	var b strings.Builder
	words := func(x, y float64, anchor, colour, text string) {
		fmt.Fprintf(&b, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>`+"\n", x, y, anchor, colour, text)
	}
	line := func(x1, y1, x2, y2 float64) {
		fmt.Fprintf(&b, `<line x1="%.1f" y1="%.1f" x2="%.1f" y2="%.1f" stroke="#dddddd"/>`+"\n", x1, y1, x2, y2)
	}
	x := func(size int) float64 {
		return left + (right-left)*math.Log(float64(size)/smallestSize)/math.Log(float64(largestSize)/smallestSize)
	}
	y := func(added float64) float64 {
		inside := min(max(added, leastAdded), mostAdded)
		return bottom - (bottom-top)*math.Log(inside/leastAdded)/math.Log(mostAdded/leastAdded)
	}
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 800 390" font-family="sans-serif" font-size="13" role="img">` + "\n" +
		"<title>Memory that a start with three images adds at its peak</title>\n" + `<rect width="800" height="390" fill="#ffffff"/>` + "\n")
	words(left, 26, "start", "#222222", "Memory that a start with three images adds at its peak (both axes logarithmic)")
	for _, n := range []float64{0.1, 1, 10, 100, 1000} {
		line(left, y(n*mB), right, y(n*mB))
		words(left-8, y(n*mB)+4, "end", "#222222", fmt.Sprintf("%g MB", n))
	}
	for _, n := range sizes {
		label := fmt.Sprintf("%d kB", n/kB)
		if n >= mB {
			label = fmt.Sprintf("%d MB", n/mB)
		}
		line(x(n), top, x(n), bottom)
		words(x(n), bottom+18, "middle", "#222222", label)
	}
	words((left+right)/2, bottom+42, "middle", "#222222", "size of each image")
	for _, c := range curves {
		var points []string
		var last float64
		for i, h := range added[c.contender] {
			last = h.Added
			points = append(points, fmt.Sprintf("%.1f,%.1f", x(sizes[i]), y(last)))
		}
		fmt.Fprintf(&b, `<polyline points="%s" fill="none" stroke="%s" stroke-width="2.5"/>`+"\n", strings.Join(points, " "), c.colour)
		words(right+12, y(last)+4, "start", c.colour, fmt.Sprintf("%s: %.1f MB", c.label, last/mB))
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}
