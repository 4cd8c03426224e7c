package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"syscall"

	"github.com/kycstart/kycstart/facade"
)

const (
	kB = 1 << 10
	mB = 1 << 20
)

// held is the memory that calls hold in a process of their own, in bytes.
type held struct {
	Added      float64 // resident memory above the amount before
	Allocated  float64
	Goroutines float64
}

// inChild runs this program as another process. If ready is not nil, it waits for it and then sends
// the process a line of input.
func inChild(ready <-chan struct{}, args ...string) (h held) {
	process := exec.Command(Must(os.Executable()), args...)
	process.Stderr = os.Stderr
	var output bytes.Buffer
	process.Stdout = &output
	input := Must(process.StdinPipe())
	Must(0, process.Start())
	if ready != nil {
		<-ready
		fmt.Fprintln(input)
	}
	Must(0, process.Wait())
	Must(0, json.Unmarshal(output.Bytes(), &h))
	return h
}

var statusLine = regexp.MustCompile(`(\w+):\s+(\d+) kB`)

// resident returns a line of what Linux says about this process's memory. VmRSS is what it has now,
// and VmHWM is the most that it had since settle.
func resident(name string) float64 {
	for _, l := range statusLine.FindAllSubmatch(Must(os.ReadFile("/proc/self/status")), -1) {
		if string(l[1]) == name {
			return Must(strconv.ParseFloat(string(l[2]), 64)) * kB
		}
	}
	panic("no " + name + " in /proc/self/status")
}

// settle returns unused memory to the system, and resets VmHWM.
func settle() {
	debug.FreeOSMemory()
	Must(0, os.WriteFile("/proc/self/clear_refs", []byte("5"), 0))
}

// waitingCalls returns how many calls wait at once: as many as the limit of open files allows.
func waitingCalls() int {
	var limit syscall.Rlimit
	Must(0, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit))
	return int(min(10_000, limit.Cur-500))
}

// waiting measures how much each of many calls holds while it waits for X Gateway, over TLS.
func waiting(contender string) held {
	n := waitingCalls()
	arrived, all, over := make(chan struct{}, n), make(chan struct{}), make(chan struct{})
	server := serveTLS("TLS 1.3", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-over
		w.WriteHeader(http.StatusNoContent)
	}))
	defer server.Close()
	defer close(over)
	go func() {
		for range n {
			<-arrived
		}
		close(all)
	}()
	return inChild(all, "wait", contender, server.URL, strconv.Itoa(n))
}

// waitChild makes the calls, with at most 50 connecting at the same time. It measures when its
// input says that the server has them all.
func waitChild(args []string) {
	n := Must(strconv.Atoi(args[2]))
	transport := map[string]func() *http.Transport{facadeName: facade.NewTransport, byHandName: keeping}[args[0]]
	exchange := find(Contenders(), args[0]).Prepare(facade.XGateway, &http.Client{Transport: trusting(transport())}, args[1])
	connecting := make(chan struct{}, 50)
	ctx := httptrace.WithClientTrace(context.Background(), &httptrace.ClientTrace{
		WroteRequest: func(httptrace.WroteRequestInfo) { <-connecting },
	})
	settle()
	before := resident("VmRSS")
	go func() {
		for range n {
			connecting <- struct{}{}
			go func() { _, _ = exchange(ctx) }()
		}
	}()
	_, _ = os.Stdin.Read(make([]byte, 1))
	goroutines := float64(runtime.NumGoroutine())
	settle()
	tell(held{Added: (resident("VmRSS") - before) / float64(n), Goroutines: goroutines / float64(n)})
}

// shape is an answer that is filled up to 1 MiB by repeating an element.
type shape struct {
	provider               facade.Provider
	status                 int
	before, element, after string
}

// elementsAllowed is slightly below the number of elements that an answer may have in the lists
// that are read.
const elementsAllowed = 9_900

// shapes returns the ways to make an answer large: in each list that is read, with as many elements
// as fit and with as many as are allowed; and elsewhere in lists, texts, names and depth.
func shapes() (all []shape) {
	person, customer := `{"person_guid":"`+QoloPerson+`",`, `{"customerId":"`+RebillyCustomer+`",`
	for _, s := range []shape{
		{facade.XGateway, 400, `{"errors":[`, `{"code":"c"}`, `]}`},
		{facade.Qolo, 200, person + `"verificationResults":[`, `{"reason_code":"c"}`, `]}`},
		{facade.Qolo, 200, person + `"verificationResults":[{"questions":[`, `{"key":"k"}`, `]}]}`},
		{facade.Qolo, 200, person + `"verificationResults":[{"questions":[{"key":"k","options":[`, `""`, `]}]}]}`},
		{facade.Rebilly, 201, customer + `"_links":[`, `{"rel":"self","href":"h"}`, `]}`},
		{facade.Rebilly, 422, `{"invalidFields":[`, `{"field":"f"}`, `]}`},
		{facade.Rebilly, 422, `{"invalidFields":{"a":[`, `{"message":"m"}`, `]}}`},
	} {
		padded := s
		padded.element += strings.Repeat(" ", facade.DefaultMaxResponseBytes/elementsAllowed-len(s.element))
		all = append(all, s, padded)
	}
	for _, c := range Cases() {
		if c.Status == http.StatusNoContent {
			continue
		}
		body := strings.TrimSuffix(string(c.Body), "}")
		all = append(all,
			shape{c.Provider, c.Status, body + `,"x":[`, `{"a":[""]}`, `]}`},
			shape{c.Provider, c.Status, body + `,"x":["`, `\u00e9`, `"]}`},
			shape{c.Provider, c.Status, body + `,"x":0,`, `"\u0079":0`, `}`},
			shape{c.Provider, c.Status, body + `,"x":[` + strings.Repeat("[", 5000), `0`, strings.Repeat("]", 5000) + `]}`},
		)
	}
	return all
}

func (s shape) body() []byte {
	separator := ","
	if strings.HasSuffix(s.before, `"`) {
		separator = "" // inside a text
	}
	n := (facade.DefaultMaxResponseBytes - len(s.before) - len(s.after)) / (len(s.element) + len(separator))
	return []byte(s.before + strings.TrimSuffix(strings.Repeat(s.element+separator, n), separator) + s.after)
}

// atOnce is how many large answers arrive at once.
const atOnce = 200

// answersChild measures the shape that takes the most memory, when callers keep the outcome of each
// answer. It prints each measurement to its standard error.
func answersChild([]string) {
	var worst held
	for _, s := range shapes() {
		c := Case{Status: s.status, Body: s.body(), Header: http.Header{"Content-Type": {"application/json"}}}
		client := newFacade(s.provider, &http.Client{Transport: memory{c}}, "https://provider.test")
		outcomes := make([]any, atOnce)
		settle()
		before := resident("VmRSS")
		var calls sync.WaitGroup
		for i := range atOnce {
			calls.Go(func() {
				res, err := client.Start(context.Background(), startOf(s.provider))
				outcomes[i] = []any{res, err}
			})
		}
		calls.Wait()
		added := (resident("VmHWM") - before) / atOnce
		fmt.Fprintf(os.Stderr, "%5.1f MB for %s %d: …%s%.30s…\n", added/mB, s.provider, s.status, s.before[max(0, len(s.before)-30):], s.element)
		worst.Added = max(worst.Added, added)
		runtime.KeepAlive(outcomes)
	}
	tell(worst)
}

// uploading measures what sending three images takes, with several senders at once.
func uploading(contender, url, file string, senders int) held {
	var added, allocated []float64
	for range 3 {
		h := inChild(nil, "upload", contender, url, file, strconv.Itoa(senders))
		added, allocated = append(added, h.Added), append(allocated, h.Allocated)
	}
	return held{Added: median(added), Allocated: median(allocated)}
}

func uploadChild(args []string) {
	contender, senders := find(Contenders(), args[0]), Must(strconv.Atoi(args[3]))
	client := &http.Client{Transport: facade.NewTransport()}
	send := func(images images) {
		exchange := contender.upload(images, client, args[1])
		failures := make([]error, senders)
		var group sync.WaitGroup
		for i := range senders {
			group.Go(func() { _, failures[i] = exchange(context.Background()) })
		}
		group.Wait()
		Must(0, errors.Join(failures...))
	}
	send(images{}) // so that what any program needs is already there
	settle()
	before := resident("VmRSS")
	send(images{3, args[2]})
	h := held{Added: max(0, resident("VmHWM")-before)}

	var start, end runtime.MemStats // measure the second time, when no buffer is made for the first time
	runtime.ReadMemStats(&start)
	send(images{3, args[2]})
	runtime.ReadMemStats(&end)
	h.Allocated = float64(end.TotalAlloc-start.TotalAlloc) / float64(senders)
	tell(h)
}
