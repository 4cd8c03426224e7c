package main

import (
	"errors"
	"flag"
	"fmt"
	"html"
	"os"
	"strings"
	"testing"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/outcome"
)

// question is one step in deciding whether a call has started a KYC. The first question that is
// answered with yes decides.
type question struct {
	text, detail string
	// started is the verdict if it decides, or "result" for a confirmed start.
	started, then string
	// fixture is an example of it, or empty if there is no answer.
	fixture string
}

var decision = []question{
	{"Was nothing sent?", "bad input, no token, or no connection was ever had",
		"no", "Nothing was started.", ""},
	{"Does the provider confirm the start?", "a documented success, whole, for this customer, without a mark of a refusal",
		"result", "A process exists: follow the next step.", "rebilly/201_gathering"},
	{"Does the status alone mean a start?", "201 at Forte and Rebilly, 204 at X Gateway, with a body that cannot be used",
		"yes", "Do not start again: look it up.", "rebilly/rejected/201_cut_json"},
	{"Does the provider itself refuse?", "in its own documented error object, whole, on one fresh connection",
		"no", "Nothing was started: the kind tells what to mend.", "rebilly/422_json"},
	{"Anything else", "no answer, a proxy's page, a cut body, 408, 409, any 5xx, a contradiction",
		"unknown", "It may have started: find out before you start again.", "forte/rejected/503_html"},
}

const file = "decision.svg"

var draw = flag.Bool("draw", false, "write "+file)

// picture returns the decision as SVG, in the colours that the reader prefers.
func picture() string {
	const (
		row, top, left, width = 92, 64, 24, 600
		right                 = left + width + 72
	)
	var b strings.Builder
	height := top + row*len(decision) + 4
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1140 %d" role="img" aria-labelledby="title description" font-family="system-ui, sans-serif" font-size="15">
<title id="title">Has this call started a KYC?</title>
<desc id="description">Five questions in order; the first that holds decides.`, height)
	for _, q := range decision {
		fmt.Fprintf(&b, " %s (%s): %s. %s", html.EscapeString(q.text), html.EscapeString(q.detail), label(q), html.EscapeString(q.then))
	}
	b.WriteString(`</desc>
<style>
.ground{fill:#fff}.box{fill:#f8f8f7;stroke:#8a9099}.line{stroke:#8a9099;fill:none}.tip{fill:#8a9099}
.text{fill:#1b1d20}.quiet{fill:#565b63;font-size:13px}.word{font-weight:650;font-size:17px}.head{font-weight:650;font-size:19px}
.no{fill:#3f444b}.yes,.result{fill:#0d5530}.unknown{fill:#6e4300}.bar-no{fill:#8a9099}.bar-yes,.bar-result{fill:#0d5530}.bar-unknown{fill:#b87500}
@media (prefers-color-scheme:dark){.ground{fill:#15171a}.box{fill:#1c1f23;stroke:#6d747e}.line{stroke:#6d747e}.tip{fill:#6d747e}.text{fill:#e6e7e9}.quiet{fill:#a6abb3}
.no{fill:#c5c9cf}.yes,.result{fill:#9be0b7}.unknown{fill:#ffd48a}.bar-yes,.bar-result{fill:#9be0b7}.bar-unknown{fill:#ffd48a}}
</style>
`)
	fmt.Fprintf(&b, `<rect class="ground" width="1140" height="%d" rx="8"/>
<text class="text head" x="%d" y="38">Has this call started a KYC? The first that holds decides.</text>
`, height, left)
	for i, q := range decision {
		y := top + row*i
		middle := y + 32
		if i > 0 {
			fmt.Fprintf(&b, `<path class="line" d="M%d %dv20"/><path class="tip" d="M%d %dl-5 -8h10z"/>`+"\n", left+40, y-28, left+40, y)
		}
		if i > 0 {
			fmt.Fprintf(&b, `<text class="quiet" x="%d" y="%d">no</text>`+"\n", left+52, y-11)
		}
		fmt.Fprintf(&b, `<rect class="box" x="%d" y="%d" width="%d" height="64" rx="5"/>
<text class="text" x="%d" y="%d" font-weight="600">%s</text>
<text class="quiet" x="%d" y="%d">%s</text>
<path class="line" d="M%d %dh52"/><path class="tip" d="M%d %dl-8 -5v10z"/>
<rect class="bar-%s" x="%d" y="%d" width="4" height="44"/>
<text class="%s word" x="%d" y="%d">%s</text>
<text class="text" x="%d" y="%d">%s</text>
`, left, y, width, left+16, y+27, html.EscapeString(q.text), left+16, y+48, html.EscapeString(q.detail),
			left+width, middle, left+width+60, middle,
			q.started, right, middle-22, q.started, right+16, middle-5, label(q), right+16, middle+17, html.EscapeString(q.then))
	}
	b.WriteString("</svg>\n")
	return b.String()
}

func label(q question) string {
	if q.started == "result" {
		return "Result"
	}
	return "Error, Started: " + q.started
}

// TestPicture compares the committed picture with this one. It checks each verdict with a fixture,
// or with the facade where nothing is sent.
func TestPicture(t *testing.T) {
	text := picture()
	if *draw {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	written, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(written) != text {
		t.Error("run make picture: decision.svg is not what is drawn")
	}
	for _, q := range decision {
		if q.fixture == "" {
			client, err := facade.New(fixtures.Config("https://provider.test", facade.Forte))
			if err != nil {
				t.Fatal(err)
			}
			_, err = client.Start(t.Context(), facade.ForteRequest{})
			var refused *facade.Error
			if !errors.As(err, &refused) || refused.Started.String() != q.started {
				t.Errorf("%s: %v, want started %s", q.text, err, q.started)
			}
			continue
		}
		c, err := fixtures.Find(q.fixture)
		if err != nil {
			t.Fatal(err)
		}
		o, err := outcome.Parse(c.Want)
		if err != nil {
			t.Fatal(err)
		}
		if !o.Error && q.started != "result" || o.Error && o.Started != q.started {
			t.Errorf("%s: %s shows %s, started %s, want %s", q.text, q.fixture, o.Verdict, o.Started, q.started)
		}
	}
}
