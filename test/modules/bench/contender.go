package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"reflect"
	"strings"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// Exchange makes one exchange, and returns a word that it read in the answer.
type Exchange func(ctx context.Context) (word string, err error)

// Contender is one way of making the exchanges.
type Contender struct {
	Name string
	// Prepare returns the exchange with a provider at baseURL, which is a server's scheme and host.
	// It does everything that a program needs to do only once.
	Prepare func(p facade.Provider, client *http.Client, baseURL string) Exchange
	// upload returns the exchange with Qolo that sends images. It is nil for contenders without
	// one.
	upload func(images images, client *http.Client, baseURL string) Exchange
}

// The contenders of this package, by their names in the tables.
const (
	facadeName    = "facade"
	generatedName = "generated"
	byHandName    = "by hand"
)

// Contenders returns the contenders of this package, the facade first.
func Contenders() []Contender {
	return []Contender{
		{facadeName, prepareFacade, uploadFacade},
		{generatedName, prepareGenerated, uploadGenerated},
		{byHandName, prepareByHand, nil},
	}
}

// These say who the exchanges are about. They are variables, as in a real program: the compiler
// must not prepare what depends on the customer.
var (
	RebillyCustomer  = "customer-42"
	ForteCustomer    = "customer_PK"
	QoloPerson       = "2ae6ba4b-f6c0-4817-a158-43e5a87168fd"
	VaultToken       = fixtures.VaultToken
	XGatewayCustomer = "customer-42"
)

// images are the images of one start, all of them the same.
type images struct {
	count int // none to three: front, back, face
	file  string
}

func (i images) read() []byte { return Must(os.ReadFile(i.file)) }

// picture writes a file of n bytes without a repeating pattern, and returns its name.
func picture(n int) string {
	file := Must(os.CreateTemp("", "image"))
	Must(io.CopyN(file, rand.NewChaCha8([32]byte{}), int64(n)))
	Must(0, file.Close())
	return file.Name()
}

// Check demands that every contender does the work that is measured: it sends the provider's
// request and has read the answer.
func Check(contenders []Contender) error {
	for _, c := range Cases() {
		for _, contender := range contenders {
			if err := check(c, contender); err != nil {
				return fmt.Errorf("%s does not do what it is measured for: %s: %w", contender.Name, c.Name, err)
			}
		}
	}
	return nil
}

func check(c Case, contender Contender) error {
	wire := &wire{memory: memory{c}}
	word, err := contender.Prepare(c.Provider, &http.Client{Transport: wire}, "https://provider.test")(context.Background())
	if err != nil || !strings.Contains(word, c.Word) {
		return fmt.Errorf("read %q, and not %q: %w", word, c.Word, err)
	}
	documented, body := fixtures.Request(c.Provider, "")
	want := documented.Method + " " + documented.URL.RequestURI()
	if got := wire.request.Method + " " + wire.request.URL.RequestURI(); got != want {
		return fmt.Errorf("sent %s, and not %s", got, want)
	}
	for name := range documented.Header {
		// Contenders may choose Accept, the name of the program, and the Content-Type of an empty
		// body freely.
		taste := name == "Accept" || name == "User-Agent" || name == "Content-Type" && len(body) == 0
		if !taste && wire.request.Header.Get(name) != documented.Header.Get(name) {
			return fmt.Errorf("sent %s: %s", name, wire.request.Header.Get(name))
		}
	}
	if !sameJSON(wire.body, body) {
		return fmt.Errorf("sent %s, and not %s", wire.body, body)
	}
	return nil
}

// wire records what is sent.
type wire struct {
	memory
	request *http.Request
	body    []byte
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	w.request = r
	if r.Body != nil {
		w.body, _ = io.ReadAll(r.Body)
	}
	return w.memory.RoundTrip(r)
}

func sameJSON(a, b []byte) bool {
	var x, y any
	_, _ = json.Unmarshal(a, &x), json.Unmarshal(b, &y) // if both sides are empty, they are equal
	return reflect.DeepEqual(x, y)
}
