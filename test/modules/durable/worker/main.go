// Command worker runs KYC starts from the queue until it is told to stop. Several workers may share
// a Postgres database, or a SQLite file on one machine.
package main

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"flag"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/riverqueue/river"

	"example.test/durable"

	"github.com/kycstart/kycstart/facade"
)

func main() {
	var w durable.Worker
	flag.DurationVar(&w.CallTimeout, "timeout", 6*time.Minute, "how long a start may take")
	flag.DurationVar(&w.Pause, "pause", time.Minute, "before a job is run again")
	flag.DurationVar(&w.Grace, "grace", 5*time.Minute, "before a look-up counts as a no, and between two of them")
	flag.DurationVar(&w.Patience, "patience", 24*time.Hour, "with look-ups that decide nothing")
	poll := flag.Duration("poll", time.Second, "between two looks into the queue")
	calls := flag.Int("calls", 10, "calls at once")
	migrate := flag.Bool("migrate", false, "make the tables, or those that are new, and end")
	flag.Parse()

	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	err := run(&w, *migrate, river.Config{
		Queues:            map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: *calls}},
		FetchPollInterval: *poll, FetchCooldown: min(*poll, river.FetchCooldownDefault),
		Logger: log,
	})
	if err != nil {
		log.Error("kyc worker", "error", err)
		os.Exit(1)
	}
}

func run(w *durable.Worker, migrate bool, config river.Config) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	key, err := base64.StdEncoding.DecodeString(os.Getenv("KYC_SEAL_KEY"))
	if err != nil {
		return errors.New("KYC_SEAL_KEY: want 32 bytes in base64, as `openssl rand -base64 32` makes them")
	}
	if w.KYC, err = facade.New(providers()); err != nil {
		return err
	}
	w.Fetch = fetch
	database := cmp.Or(os.Getenv("DATABASE_URL"), os.Getenv("DATABASE_FILE"), "kyc.db")
	queue, err := durable.Open(ctx, database, key, w, config)
	if err != nil {
		return err
	}
	defer queue.Close()
	if migrate {
		return queue.Migrate(ctx)
	}
	if err := queue.Start(context.WithoutCancel(ctx)); err != nil {
		return err
	}
	<-ctx.Done()
	return queue.Stop(context.WithoutCancel(ctx)) // waits for the calls that are under way
}

// fetch replaces the reference to a customer's token with the token. Here the token is in a file;
// in a service, ask whatever stores the customers' sessions. Images need no fetch: a request holds
// the names of their files.
func fetch(_ context.Context, req facade.Request) (facade.Request, error) {
	r, ok := req.(facade.VaultRequest)
	if !ok {
		return req, nil
	}
	token, err := os.ReadFile(filepath.Join(os.Getenv("TOKENS"), filepath.Base(r.Token)))
	if err != nil {
		return nil, errors.New("the customer's token is not there")
	}
	r.Token = string(token)
	return r, nil
}

// providers configures the providers whose URL is set. For a token that expires, use
// facade.CachedToken instead: see the module consumer.
func providers() (c facade.Config) {
	if url := os.Getenv("VAULT_URL"); url != "" {
		c.Vault = &facade.VaultConfig{BaseURL: url}
	}
	if url := os.Getenv("XGATEWAY_URL"); url != "" {
		c.XGateway = &facade.XGatewayConfig{BaseURL: url, APIKey: os.Getenv("XGATEWAY_KEY")}
	}
	if url := os.Getenv("FORTE_URL"); url != "" {
		c.Forte = &facade.ForteConfig{BaseURL: url, Token: facade.StaticToken(os.Getenv("FORTE_TOKEN"))}
	}
	if url := os.Getenv("QOLO_URL"); url != "" {
		c.Qolo = &facade.QoloConfig{BaseURL: url, Token: facade.StaticToken(os.Getenv("QOLO_TOKEN"))}
	}
	if url := os.Getenv("REBILLY_URL"); url != "" {
		c.Rebilly = &facade.RebillyConfig{BaseURL: url, OrganizationID: os.Getenv("REBILLY_ORGANIZATION"), APIKey: os.Getenv("REBILLY_KEY")}
	}
	return c
}
