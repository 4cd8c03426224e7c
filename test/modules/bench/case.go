package bench

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// Case is one exchange that every contender makes.
type Case struct {
	// Name is for the table, such as "rebilly 201".
	Name     string
	Provider facade.Provider
	// Status, Header and Body are the answer.
	Status int
	Header http.Header
	Body   []byte
	// Word stands in the answer, and in what a contender returns that has read it.
	Word string
}

// exchanges are the cases by their fixtures.
var exchanges = []struct{ name, fixture, word string }{
	{"rebilly 201", "rebilly/201_gathering", gathererLink},
	{"rebilly 422", "rebilly/422_json", "another error in the field2"},
	{"forte 201", "forte/201_started", "eyJhY2Nlc3NfdG9rZW4iOiAi"},
	{"forte 403", "forte/403_banned", "ERR01"},
	{"vault 200", "vault/200_ok", "ok"},
	{"vault 400", "vault/400_field", "birthDate"},
	{"xgateway 204", "xgateway/204_started", http.StatusText(http.StatusNoContent)},
	{"xgateway 400", "xgateway/400_bad_request", "bad_request"},
	{"qolo 200", "qolo/200_questions_of_two_checks", "year"},
}

const gathererLink = "https://gather.example/kyc?token=gatherer-token"

// Cases returns one case for each answer that is measured.
func Cases() ([]Case, error) {
	var cases []Case
	for _, e := range exchanges {
		f, err := fixtures.Find(e.fixture)
		if err != nil {
			return nil, err
		}
		cases = append(cases, Case{e.name, facade.Provider(f.Provider), f.Status, f.Header, compact(f.Body), e.word})
	}
	return cases, nil
}

// qoloCase is what every upload is answered with.
func qoloCase() (Case, error) {
	cases, err := Cases()
	if err != nil {
		return Case{}, err
	}
	return cases[len(cases)-1], nil
}

// Documents are the sizes of the answers whose growth is measured.
var Documents = []int{1, 10, 100, 1000}

// GrowthName is the name of the case of that many documents.
func GrowthName(documents int) string {
	if documents == 1 {
		return "1 document"
	}
	return fmt.Sprintf("%d documents", documents)
}

// Growth returns a Rebilly 201 with that many documents.
func Growth(documents int) (Case, error) {
	f, err := fixtures.Find("rebilly/201_gathering")
	if err != nil {
		return Case{}, err
	}
	before, rest, _ := bytes.Cut(f.Body, []byte(`"documents": [`))
	document, after, ok := bytes.Cut(rest, []byte("\n  ]"))
	if !ok {
		return Case{}, fmt.Errorf("bench: %s has no documents", f.Name)
	}
	all := strings.TrimSuffix(strings.Repeat(string(document)+",", documents), ",")
	body := string(before) + `"documents": [` + all + "\n  ]" + string(after)
	return Case{GrowthName(documents), facade.Rebilly, f.Status, f.Header, compact([]byte(body)), gathererLink}, nil
}

// compact returns a body as servers send it, without the indentation that the
// fixtures have for their readers.
func compact(body []byte) []byte {
	var b bytes.Buffer
	if json.Compact(&b, body) != nil {
		return body
	}
	return b.Bytes()
}
