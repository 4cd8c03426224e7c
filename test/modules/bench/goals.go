package bench

import (
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// goal is a row of the table.
type goal struct{ What, Limit, Measured string }

// measureAll measures with the version of Go that built this program.
func measureAll(rounds int, contenders []Contender) results {
	r := results{Go: strings.TrimPrefix(runtime.Version(), "go")}
	log.Println("without a network")
	without := noNetwork(rounds, contenders)
	log.Println("over TLS")
	over := overTLS(rounds, contenders)
	r.Ways, r.Wire, r.Memory = waysTable(over), over.compared(kept(facadeName).name, clock), without.compared(facadeName, processor)
	log.Println("waiting calls")
	waits, floor := waiting(facadeName), waiting(byHandName)
	log.Println("large answers")
	answer := inChild(nil, "answers")
	log.Println("images")
	var many held
	r.Images, many = imagesHeld()
	one := r.Images[facadeName][len(sizes)-1]
	log.Println("footprint")
	base := weigh("without")

	later, first, peers := laterCalls.name, firstCall.name, namesOf(contenders[len(Contenders()):])
	ways := func(contender string) string { return kept(contender).name }
	r.Goals = []goal{
		{"default over TLS 1.3, second call on / full handshake each: processor time, both ends", "≤ 0.55",
			verdict(0.55, "%.2f", over.ratio("rebilly 201, TLS 1.3", later, first, bothEnds))},
		{"default over TLS 1.2, second call on: round trips", "3", verdict(3, "%.0f", roundTrips("TLS 1.2", laterCalls))},
		{"connections kept, Qolo and Rebilly, over TLS / generated client: time", "≤ 1.10",
			worst(1.10, over, clock, ways(facadeName), ways(generatedName))},
		{"the same: allocations", "≤ 1.05", worst(1.05, over, allocs, ways(facadeName), ways(generatedName))},
		{"no network, every case / generated client: time", "≤ 1.00", worst(1, without, processor, facadeName, generatedName)},
		{"the same: allocations", "≤ 1.00", worst(1, without, allocs, facadeName, generatedName)},
		{"no network, every case / the fastest client of another generator: time", "≤ 1.00",
			worst(1, without, processor, facadeName, peers...)},
		{"no network, every case / by hand with the same deadline and limits: time", "≤ 1.25",
			worst(1.25, without, processor, facadeName, byHandName)},
		{fmt.Sprintf("%d calls that wait over TLS / by hand: memory", waitingCalls()), "≤ 1.05",
			verdict(1.05, "%.2f", waits.Added/floor.Added) + fmt.Sprintf("; each holds %.1f kB and %.0f goroutines, by hand %.1f kB and %.0f",
				waits.Added/kB, waits.Goroutines, floor.Added/kB, floor.Goroutines)},
		{"memory that an answer of 1 MiB costs, 200 at once, worst shape and provider", "≤ 16 MB", verdict(16, "%.1f MB", answer.Added/mB)},
		{"Qolo, 3 x 10 MB: allocated", "≤ 128 kB", verdict(128, "%.0f kB", one.Allocated/kB)},
		{"Qolo, 3 x 10 MB: peak", "≤ 2 MB", verdict(2, "%.1f MB", one.Added/mB)},
		{"Qolo, 3 x 10 MB: peak of 64 at once", "≤ 32 MB", verdict(32, "%.1f MB", many.Added/mB)},
		{"bytes added to a stripped binary: one provider", "≤ 360,000", verdict(360_000, "%.0f", weigh("one")-base)},
		{"bytes added to a stripped binary: five providers", "≤ 500,000", verdict(500_000, "%.0f", weigh("five")-base)},
	}
	return r
}

// imagesHeld measures three images of each size, and 64 senders of the largest.
func imagesHeld() (added map[string][]held, many held) {
	server := httptest.NewServer(caseNamed("qolo 200"))
	defer server.Close()
	added = map[string][]held{}
	for i, n := range sizes {
		image := picture(n)
		for _, contender := range []string{facadeName, generatedName} {
			added[contender] = append(added[contender], uploading(contender, server.URL, image, 1))
		}
		if i == len(sizes)-1 {
			many = uploading(facadeName, server.URL, image, 64)
		}
		Must(0, os.Remove(image))
	}
	return added, many
}

// weigh builds one of the programs of the footprint test, and returns its size.
func weigh(program string) float64 {
	root := output("go", "list", "-m", "-f", "{{.Dir}}", "github.com/kycstart/kycstart")
	binary := filepath.Join(Must(os.MkdirTemp("", "footprint")), program)
	output("go", "build", "-C", root, "-trimpath", "-buildvcs=false", "-ldflags", "-s -w", "-o", binary, "./test/conformance/footprint/"+program)
	size := Must(os.Stat(binary)).Size()
	Must(0, os.RemoveAll(filepath.Dir(binary)))
	return float64(size)
}

// roundTrips returns how many round trips a call takes.
func roundTrips(version string, w way) float64 {
	return latency(version, w, 100*time.Millisecond) / 100
}

// worst divides a figure of one contender or way by the same figure of the others. It reports the
// case and the other one for which the ratio is highest.
func worst(limit float64, t table, of func(sample) float64, name string, others ...string) string {
	var most float64
	var where string
	for c := range t {
		for _, other := range others {
			if ratio := t.ratio(c, name, other, of); ratio > most {
				most, where = ratio, c
			}
		}
	}
	return verdict(limit, "%.2f", most) + "; " + where
}

// verdict prints a figure, and whether it keeps its limit or by how much it misses it.
func verdict(limit float64, format string, value float64) string {
	text := fmt.Sprintf(format, value)
	var printed float64 // the value as a reader of the table sees it
	Must(fmt.Sscan(text, &printed))
	if over := printed/limit - 1; over > 0 {
		return text + fmt.Sprintf(", **missed by %.0f %%**", 100*over)
	}
	return text + ", held"
}
