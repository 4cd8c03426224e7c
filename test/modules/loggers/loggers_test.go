package loggers

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/rs/zerolog"
	"github.com/sirupsen/logrus"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"github.com/kycstart/kycstart/facade"
)

// canary replaces everything secret or personal.
const canary = "Cq0123456789XzW"

// loggers log a value under a name, in the ways that people use.
var loggers = map[string]func(w *bytes.Buffer, v any){
	"zap, JSON": func(w *bytes.Buffer, v any) {
		zapLogger(w, zapcore.NewJSONEncoder).Info("handed over", zap.Any("k", v))
	},
	"zap, console": func(w *bytes.Buffer, v any) {
		zapLogger(w, zapcore.NewConsoleEncoder).Info("handed over", zap.Any("k", v))
	},
	"zap, sugared": func(w *bytes.Buffer, v any) {
		zapLogger(w, zapcore.NewJSONEncoder).Sugar().Infow("handed over", "k", v)
	},
	"zap, Reflect": func(w *bytes.Buffer, v any) {
		zapLogger(w, zapcore.NewJSONEncoder).Info("handed over", zap.Reflect("k", v))
	},
	"zerolog, Interface": func(w *bytes.Buffer, v any) {
		logger := zerolog.New(w)
		logger.Info().Interface("k", v).Msg("handed over")
	},
	"zerolog, Fields": func(w *bytes.Buffer, v any) {
		logger := zerolog.New(w)
		logger.Info().Fields(map[string]any{"k": v}).Msg("handed over")
	},
	"logrus, JSON": func(w *bytes.Buffer, v any) {
		logrusLogger(w, &logrus.JSONFormatter{}).WithField("k", v).Info("handed over")
	},
	"logrus, text": func(w *bytes.Buffer, v any) {
		logrusLogger(w, &logrus.TextFormatter{}).WithField("k", v).Info("handed over")
	},
}

func zapLogger(w *bytes.Buffer, encoder func(zapcore.EncoderConfig) zapcore.Encoder) *zap.Logger {
	return zap.New(zapcore.NewCore(encoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(w), zap.InfoLevel))
}

func logrusLogger(w *bytes.Buffer, f logrus.Formatter) *logrus.Logger {
	logger := logrus.New()
	logger.SetOutput(w)
	logger.SetFormatter(f)
	return logger
}

var (
	forteRequest = facade.ForteRequest{Customer: facade.ForteCustomer{ExternalID: canary, Wallet: facade.ForteWallet{
		Address: canary, SIWE: &facade.ForteSIWE{Message: canary, Signature: canary},
	}}}
	qoloRequest = facade.QoloRequest{
		PersonGUID: canary, Notes: canary,
		Identifications: []facade.QoloIdentification{{GovtIDNumber: canary}},
		Answers:         []facade.QoloAnswer{{Key: canary, Answer: canary}},
		Document:        &facade.QoloDocument{IssuingCountry: canary, Front: facade.QoloImageBytes([]byte(canary))},
	}
	rebillyRequest = facade.RebillyRequest{CustomerID: canary, Reason: canary, RedirectURL: "https://shop.example/" + canary}
	config         = facade.Config{
		XGateway: &facade.XGatewayConfig{APIKey: canary},
		Forte:    &facade.ForteConfig{Token: facade.StaticToken(canary)},
		Rebilly:  &facade.RebillyConfig{APIKey: canary, OrganizationID: canary},
	}
	next   = facade.NextStep{Kind: facade.NextRedirect, URL: facade.NewSecret("https://gather.example/" + canary)}
	result = facade.Result{
		Provider: facade.Qolo, Status: facade.StatusAwaitingCustomer, HTTPStatus: 200, Next: facade.NextStep{
			Kind: facade.NextAnswerQuestions, Questions: []facade.Question{{Key: canary, Prompt: canary, Options: []string{canary}}},
		},
		Checks: []facade.Check{{Method: canary, Result: canary}}, ExpiresAt: time.Now(),
	}
	failed = facade.Error{
		Provider: facade.Forte, Kind: facade.KindCustomerBlocked, Message: canary, DisplayMessage: canary,
		Fields: []facade.FieldError{{Path: "p", Message: canary}}, Next: next,
	}
)

// hidden are values that no logger shows, however it receives them.
var hidden = map[string]any{
	"Config":              config,
	"*Config":             &config,
	"*XGatewayConfig":     config.XGateway,
	"ForteConfig":         *config.Forte,
	"a nil RebillyConfig": (*facade.RebillyConfig)(nil),
	"VaultRequest":        facade.VaultRequest{Token: canary},
	"*XGatewayRequest":    &facade.XGatewayRequest{ID: canary},
	"ForteRequest":        forteRequest,
	"*ForteSIWE":          forteRequest.Customer.Wallet.SIWE,
	"*QoloRequest":        &qoloRequest,
	"QoloDocument":        *qoloRequest.Document,
	"[]QoloAnswer":        qoloRequest.Answers,
	"a Request":           facade.Request(rebillyRequest),
	"a field of a struct": struct{ Request facade.Request }{rebillyRequest},
	"a list":              []any{rebillyRequest, &config},
	"Secret":              next.URL,
	"Result":              result,
	"Error":               failed,
	"[]Check":             result.Checks,
	"[]Question":          result.Next.Questions,
	"a record":            result.Redacted(),
	"an error's record":   failed.Redacted(),
	"a nil Result":        (*facade.Result)(nil),
	"a nil Error":         (*facade.Error)(nil),
}

// TestHidden: loggers show nothing of configurations, of requests, and of outcomes passed by value.
func TestHidden(t *testing.T) {
	for name, log := range loggers {
		for what, v := range hidden {
			shows(t, name+", "+what, func(w *bytes.Buffer) { log(w, v) }, false)
		}
	}
}

// payloads encode completely as JSON, on purpose.
var payloads = map[string]any{"*Result": &result, "*Error": &failed, "NextStep": next, "CustomerView": result.CustomerView()}

// TestPayloads: a value that encodes completely is shown by the loggers that use JSON, as the
// package's documentation says, and by no other logger.
func TestPayloads(t *testing.T) {
	lookIntoJSON := map[string]bool{"zap, Reflect": true, "zerolog, Interface": true, "zerolog, Fields": true, "logrus, JSON": true}
	takeErrors := map[string]bool{"zerolog, Fields": true, "logrus, JSON": true} // these log an error by its text
	for name, log := range loggers {
		for what, v := range payloads {
			shows(t, name+", "+what, func(w *bytes.Buffer) { log(w, v) }, lookIntoJSON[name] && !(what == "*Error" && takeErrors[name]))
		}
	}
}

// TestAdvice: the package's documentation says what to pass to those loggers, and that shows
// nothing.
func TestAdvice(t *testing.T) {
	for what, log := range map[string]func(w *bytes.Buffer){
		"zerolog, Stringer": func(w *bytes.Buffer) {
			logger := zerolog.New(w)
			logger.Info().Stringer("k", &result).Msg("handed over")
		},
		"zerolog, Err": func(w *bytes.Buffer) {
			logger := zerolog.New(w)
			logger.Info().Err(&failed).Msg("handed over")
		},
		"logrus, WithError": func(w *bytes.Buffer) {
			logrusLogger(w, &logrus.JSONFormatter{}).WithError(&failed).Info("handed over")
		},
		"logrus, String": func(w *bytes.Buffer) {
			logrusLogger(w, &logrus.JSONFormatter{}).WithField("k", result.String()).Info("handed over")
		},
		"zap, Error": func(w *bytes.Buffer) {
			zapLogger(w, zapcore.NewJSONEncoder).Info("handed over", zap.Error(&failed))
		},
	} {
		shows(t, what, log, false)
	}
}

// shows demands that a logger writes a line, with or without the canary in it.
func shows(t *testing.T, what string, log func(*bytes.Buffer), canaryToo bool) {
	t.Helper()
	var w bytes.Buffer
	log(&w)
	text := w.String()
	switch {
	case !strings.Contains(text, "handed over") || strings.Contains(text, "PANIC") || strings.Contains(text, "rror calling"):
		t.Errorf("%s: logged badly: %q", what, text)
	case strings.Contains(text, canary) != canaryToo:
		t.Errorf("%s: shows the canary: %t, want %t: %s", what, !canaryToo, canaryToo, text)
	}
}
