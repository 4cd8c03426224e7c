package shop_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/otel/attribute"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
	"go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	shop "example.test/consumer"

	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
	"github.com/kycstart/kycstart/test/sandbox"
)

// Whatever the provider does, the exported spans name neither the customer nor the link.
func TestTraces(t *testing.T) {
	for _, p := range []facade.Provider{facade.XGateway, facade.Qolo, facade.Rebilly} {
		for _, scenario := range []string{sandbox.Default(p), sandbox.FaultLostReply} {
			t.Run(string(p)+" "+scenario, func(t *testing.T) {
				spans := tracetest.NewInMemoryExporter()
				traces := trace.NewTracerProvider(trace.WithSyncer(spans))
				provider := sandbox.New(t)
				provider.Use(p, scenario)
				config := provider.Config(p)
				config.HTTPClient = shop.Traced(facade.NewTransport(), traces)
				client, err := facade.New(config)
				if err != nil {
					t.Fatal(err)
				}
				_, err = client.Start(context.Background(), fixtures.Start(p))
				if scenario == sandbox.FaultLostReply != (err != nil) {
					t.Fatal(err)
				}
				exported := spans.GetSpans()
				if len(exported) != 1 {
					t.Fatalf("%d spans", len(exported))
				}
				text := fmt.Sprintf("%+v", exported.Snapshots())
				for _, span := range exported {
					text += fmt.Sprintf("%+v %+v %+v", span.Attributes, span.Events, span.Status)
					if i := slices.IndexFunc(span.Attributes, func(a attribute.KeyValue) bool { return a.Key == "url.full" }); i < 0 ||
						!strings.HasSuffix(span.Attributes[i].Value.AsString(), "/[redacted]") {
						t.Errorf("url.full is not redacted: %v", span.Attributes)
					}
				}
				for _, personal := range []string{fixtures.Of(p).Customer.ID, "acme", "gather.example"} {
					if strings.Contains(text, personal) {
						t.Errorf("a span has %q in it:\n%s", personal, text)
					}
				}
				sent := provider.Received(p)
				if len(sent) != 1 || sent[0].Header().Get("Traceparent") != "" {
					t.Errorf("the provider is told of the trace: %v", sent)
				}
			})
		}
	}
}

// Starts are counted by provider, by outcome, and by whether they started.
func TestMetrics(t *testing.T) {
	reader := sdkmetric.NewManualReader()
	meter := sdkmetric.NewMeterProvider(sdkmetric.WithReader(reader)).Meter("shop")
	provider := sandbox.New(t)
	provider.Use(facade.Rebilly, "rebilly/201_gathering", "rebilly/201_gathering", "rebilly/422_json", sandbox.FaultLostReply)
	s := open(t, provider.Config(facade.Rebilly))
	var err error
	if s.Starts, err = meter.Int64Counter("kyc.starts"); err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		visit(s, fmt.Sprint("customer-", i))
	}
	var data metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &data); err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, point := range data.ScopeMetrics[0].Metrics[0].Data.(metricdata.Sum[int64]).DataPoints {
		outcome, _ := point.Attributes.Value("outcome")
		started, _ := point.Attributes.Value("started")
		name, _ := point.Attributes.Value("provider")
		got[name.AsString()+" "+outcome.AsString()+" "+started.AsString()] = point.Value
	}
	for name, want := range map[string]int64{"rebilly result yes": 2, "rebilly invalid_request no": 1, "rebilly unavailable unknown": 1} {
		if got[name] != want {
			t.Errorf("%s: %d, want %d; counted were %v", name, got[name], want, got)
		}
	}
}

// Logs hold no link, no field, no API key and none of the provider's words.
func TestLogs(t *testing.T) {
	for _, scenario := range []string{"rebilly/201_gathering", "rebilly/422_json", sandbox.FaultLostReply} {
		provider := sandbox.New(t)
		provider.Use(facade.Rebilly, scenario)
		config := provider.Config(facade.Rebilly)
		s := open(t, config)
		var logged bytes.Buffer
		s.Log = slog.New(slog.NewJSONHandler(&logged, nil))
		visit(s, "customer-7")
		if logged.Len() == 0 {
			t.Errorf("%s: nothing is logged", scenario)
		}
		for line := range strings.Lines(logged.String()) {
			if !json.Valid([]byte(line)) || strings.Contains(line, "gather.example") || strings.Contains(line, "is invalid") ||
				strings.Contains(line, config.Rebilly.APIKey) || strings.Contains(strings.ToLower(line), "panic") {
				t.Errorf("%s: logged %s", scenario, line)
			}
		}
	}
}

// authServer is an OAuth server that counts its tokens.
func authServer() *httptest.Server {
	issued := 0
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		issued++
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprintf(w, `{"access_token": "token-%d", "token_type": "Bearer", "expires_in": 3600}`, issued)
	}))
}

// A token of the client credentials flow is fetched once and sent with each start.
func ExampleTokens() {
	auth := authServer()
	defer auth.Close()
	provider, err := sandbox.Start(nil)
	if err != nil {
		panic(err)
	}
	defer provider.Close()

	config := provider.Config(facade.Rebilly)
	config.Rebilly.APIKey = ""
	config.Rebilly.Token = shop.Tokens(clientcredentials.Config{ClientID: "shop", ClientSecret: "from-a-vault", TokenURL: auth.URL})
	client, err := facade.New(config)
	if err != nil {
		panic(err)
	}
	for _, customer := range []string{"customer-1", "customer-2"} {
		fmt.Println(client.Start(context.Background(), request(customer)))
	}
	for _, sent := range provider.Received(facade.Rebilly) {
		fmt.Println(sent.Header().Get("Authorization"))
	}
	// Output:
	// rebilly: awaiting_customer, next redirect (HTTP 201) <nil>
	// rebilly: awaiting_customer, next redirect (HTTP 201) <nil>
	// Bearer token-1
	// Bearer token-1
}

// An oauth2.TokenSource keeps its token itself and takes no context. If a call hangs, the timeout
// of its HTTP client must end it.
func Example_tokenSource() {
	auth := authServer()
	defer auth.Close()

	credentials := clientcredentials.Config{ClientID: "shop", ClientSecret: "from-a-vault", TokenURL: auth.URL}
	withTimeout := context.WithValue(context.Background(), oauth2.HTTPClient, &http.Client{Timeout: 10 * time.Second})
	tokens := credentials.TokenSource(withTimeout)
	var source facade.TokenSource = func(context.Context) (string, error) {
		token, err := tokens.Token()
		if err != nil {
			return "", err
		}
		return token.AccessToken, nil
	}
	for range 2 {
		fmt.Println(source(context.Background()))
	}
	// Output:
	// token-1 <nil>
	// token-1 <nil>
}
