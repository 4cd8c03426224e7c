package shop

import (
	"context"
	"net/http"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/kycstart/kycstart/facade"
)

// Tokens asks an OAuth server for tokens, with the context of each call.
func Tokens(c clientcredentials.Config) facade.TokenSource {
	return facade.CachedToken(func(ctx context.Context) (string, time.Duration, error) {
		token, err := c.Token(ctx)
		if err != nil {
			return "", 0, err
		}
		return token.AccessToken, time.Until(token.Expiry), nil
	})
}

// Traced gives each exchange over next a span. It hides the path in the span, which names the
// customer at X Gateway and the person at Qolo. Providers do not receive the trace.
func Traced(next http.RoundTripper, traces trace.TracerProvider) *http.Client {
	return &http.Client{Transport: otelhttp.NewTransport(hidePath{next}, otelhttp.WithTracerProvider(traces),
		otelhttp.WithPropagators(propagation.NewCompositeTextMapPropagator()))}
}

type hidePath struct{ next http.RoundTripper }

// RoundTrip overwrites the path that otelhttp put into the span.
func (h hidePath) RoundTrip(r *http.Request) (*http.Response, error) {
	trace.SpanFromContext(r.Context()).SetAttributes(attribute.String("url.full", r.URL.Scheme+"://"+r.URL.Host+"/[redacted]"))
	return h.next.RoundTrip(r)
}
