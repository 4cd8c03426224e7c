package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/contract"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/internal/outcome"
	"github.com/kycstart/kycstart/test/internal/replay"
)

// pasted is an answer that somebody has found in a log.
type pasted struct {
	Provider facade.Provider `json:"provider"`
	Status   int             `json:"status"`
	Header   string          `json:"header"`
	Body     string          `json:"body"`
	// Customer is whose KYC was started. If it is empty, it is the customer that the answer names.
	Customer string `json:"customer"`
}

// judged is what the facade makes of one start, and what that means.
type judged struct {
	Verdict string `json:"verdict"`
	Error   bool   `json:"error"`
	Started string `json:"started"`
	Advice  string `json:"advice"`
	// Text is the text that may be logged.
	Text       string          `json:"text"`
	Normalized json.RawMessage `json:"normalized"`
}

// judgement is everything that there is to say about a pasted answer.
type judgement struct {
	judged
	// Wrong lists the points in which the answer breaks the spec.
	Wrong []place `json:"wrong"`
	// Notes say which parts were not used as they were pasted.
	Notes []string `json:"notes"`
}

// place is one point in which an answer breaks the spec.
type place struct {
	At       string `json:"at"`
	Expected string `json:"expected"`
	Found    string `json:"found"`
}

// decoded are headers about the encoding of an answer. A log shows the answer after it was decoded.
var decoded = []string{"Content-Encoding", "Transfer-Encoding", "Content-Length"}

func judge(p pasted) (judgement, error) {
	d := fixtures.Of(p.Provider)
	if d.Provider == "" {
		return judgement{}, badInput("provider", "choose a provider")
	}
	if p.Status < 100 || p.Status > 999 {
		return judgement{}, badInput("status", "must be a number of three digits, such as 400")
	}
	header, err := parseHeader(p.Header)
	if err != nil {
		return judgement{}, err
	}
	j := judgement{Wrong: []place{}, Notes: []string{}}
	for _, name := range decoded {
		if header.Get(name) != "" {
			header.Del(name)
			j.Notes = append(j.Notes, name+" is left out: it tells how the body came, and what you pasted is the body itself.")
		}
	}
	body := []byte(p.Body)
	customer := p.Customer
	if customer == "" {
		customer = named(d, body)
		if customer != "" && customer != d.Customer.ID {
			j.Notes = append(j.Notes, "Taken for the answer to a start for the customer that it names. Fill in the customer to have that compared.")
		}
	}
	request := d.Request
	if customer != "" {
		request = d.Customer.Request(d.Customer.Form.Write(customer))
	}
	exchange := replay.Start(request, replay.Answer{Status: p.Status, Header: header, Body: body})
	if exchange.Sent == nil {
		return judgement{}, badInput("customer", "is not a customer of this provider: "+exchange.Err.Error())
	}
	if j.judged, err = verdict(exchange.Result, exchange.Err); err != nil {
		return judgement{}, err
	}
	for _, v := range contract.Response(string(p.Provider), contract.Operations(string(p.Provider))[0], p.Status, header, body) {
		at := v.Pointer
		if at == "" {
			at = "the body"
		}
		j.Wrong = append(j.Wrong, place{at, v.Expected, v.Found})
	}
	return j, nil
}

// verdict puts what the facade returned into words.
func verdict(res *facade.Result, failed error) (judged, error) {
	text, err := json.Marshal(struct {
		Result *facade.Result `json:"result,omitempty"`
		Error  error          `json:"error,omitempty"`
	}{res, failed})
	if err != nil {
		return judged{}, err
	}
	o, err := outcome.Parse(text)
	if err != nil {
		return judged{}, err
	}
	j := judged{Verdict: o.Verdict, Error: o.Error, Started: o.Started, Advice: o.Advice, Normalized: text}
	if failed != nil {
		j.Text = failed.Error()
	} else {
		j.Text = res.String()
	}
	return j, nil
}

// named returns the customer whom an answer names, or "" if it names none. It is in the member in
// which the provider's success repeats the id.
func named(d fixtures.Descriptor, body []byte) (id string) {
	success, err := fixtures.Find(d.Success.Name)
	if err != nil || !d.Customer.Echoed {
		return ""
	}
	var sample, answer map[string]json.RawMessage
	_ = json.Unmarshal(success.Body, &sample) // a body without members has nothing to read
	_ = json.Unmarshal(body, &answer)
	for name, value := range sample {
		if bytes.Equal(value, []byte(`"`+d.Customer.ID+`"`)) {
			_ = json.Unmarshal(answer[name], &id)
		}
	}
	return id
}

func parseHeader(text string) (http.Header, error) {
	header := make(http.Header)
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, len(text)+1)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" || strings.ContainsAny(name, " \t") {
			return nil, badInput("header", fmt.Sprintf("line %d is not of the form Name: value", n))
		}
		header.Add(name, strings.TrimSpace(value))
	}
	return header, lines.Err()
}
