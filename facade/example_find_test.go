package facade_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"github.com/kycstart/kycstart/facade"
)

// startSettled starts, and if nobody knows what became of it finds out: it goes on with
// the process that is there, or starts again once it is sure that there is none. It ends
// with ctx at the latest, or when the provider cannot be asked: then the start is unknown,
// and a person settles it.
//
// An application keeps the request and the attempt in its database before it starts, so
// that settle can go on after a crash of its own.
func startSettled(ctx context.Context, client *facade.Client, request facade.RebillyRequest, grace time.Duration) (facade.NextStep, error) {
	for {
		request.RedirectURL = "https://shop.example/kyc/done?attempt=" + rand.Text() // marks the process
		attempt := facade.Attempt{At: time.Now(), Unique: true}
		res, err := client.Start(ctx, request)
		var kycErr *facade.Error
		switch {
		case err == nil:
			return res.Next, nil
		case !errors.As(err, &kycErr) || kycErr.Started == facade.StartedNo:
			return facade.NextStep{}, err // see the example of SafeToRetry
		}
		attempt.ID = kycErr.ID
		finding, err := settle(ctx, client, request, attempt, grace)
		if err != nil {
			return facade.NextStep{}, err
		}
		if finding.Exists == facade.AnswerYes && finding.ThisAttempt != facade.AnswerNo {
			return finding.Next, nil // of this attempt, or of somebody who was faster
		}
	}
}

// settle looks an attempt up that is over, until a process is found, or until two
// findings say no that are a period of grace apart from the attempt and from each other.
// The grace is a choice: no provider tells how long a start may stay on its way.
func settle(ctx context.Context, client *facade.Client, request facade.Request, attempt facade.Attempt, grace time.Duration) (*facade.Finding, error) {
	noes, wait := 0, grace
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx) // unknown still: for a person to settle
		case <-time.After(wait):
		}
		wait = grace
		finding, err := client.Find(ctx, request, attempt)
		var kycErr *facade.Error
		switch {
		case errors.Is(err, facade.KindInvalidRequest):
			return nil, err // to ask again would not help
		case errors.As(err, &kycErr):
			noes, wait = 0, max(grace, kycErr.RetryAfter, time.Millisecond) // it says nothing of the start
		case finding.Exists == facade.AnswerNo || finding.ThisAttempt == facade.AnswerNo:
			if noes++; noes == 2 {
				return finding, nil
			}
		case finding.Exists == facade.AnswerYes:
			return finding, nil
		case finding.Exists == facade.AnswerUnknown:
			noes, wait = 0, max(grace, time.Millisecond)
		}
	}
}

// A reply is lost, and nobody knows whether the customer has a process. A look-up
// settles it, and nothing is started twice.
func ExampleClient_Find() {
	var mu sync.Mutex  // one request at a time
	var process string // at the provider
	starts := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if r.Method == http.MethodPost {
			starts++
			var asked struct{ RedirectURL string }
			_ = json.NewDecoder(r.Body).Decode(&asked)
			process = fmt.Sprintf(`{"id": "kyc_req_7", "customerId": "customer-42", "status": "gathering", "redirectUrl": %q,
				"documents": [{"type": "identity-proof"}], "_links": [{"rel": "gatherer", "href": "https://gather.example/k/token"}]}`, asked.RedirectURL)
			panic(http.ErrAbortHandler) // the process is there, and the reply is not
		}
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Pagination-Total", "1")
		fmt.Fprintf(w, "[%s]", process)
	}))
	defer server.Close()

	const grace = time.Millisecond // minutes, outside an example
	next, err := startSettled(context.Background(), newClient(server.URL), request, grace)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(next, "to", next.URL.Reveal())
	fmt.Println(starts, "start")
	// Output:
	// redirect to https://gather.example/k/token
	// 1 start
}
