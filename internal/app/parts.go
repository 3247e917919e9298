package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/trace"
	"go.temporal.io/sdk/client"

	"leadrail/internal/auth"
	"leadrail/internal/config"
	"leadrail/internal/demo"
	"leadrail/internal/forms"
	"leadrail/internal/intake"
	"leadrail/internal/leads"
	"leadrail/internal/mail"
	"leadrail/internal/seal"
	"leadrail/internal/store"
	"leadrail/internal/telemetry"
	"leadrail/internal/webhook"
	"leadrail/worker"
	"leadrail/workflows"
)

// Parts are the connections and use cases that the roles share.
type Parts struct {
	Forms *forms.Service
	Leads *leads.Service
	Teams *leads.Teams

	config config.Config
	log    *slog.Logger
	// store is the database, with what every lead reads kept in memory.
	store     *store.Cached
	temporal  client.Client
	workflows *workflows.Client
	keyring   *seal.Keyring
	guard     *webhook.Guard
	sender    mail.Sender
	intake    *intake.Queue
	// watch sees what the process does, and traces takes it elsewhere; nil for
	// nowhere.
	watch  *telemetry.Watch
	traces *telemetry.Traces
	// uses notes which keys are used.
	uses     *auth.Uses
	receiver *demo.Receiver
	// stopping is true once the process was asked to stop.
	stopping *atomic.Bool
}

// connect migrates the database, waits for Temporal and makes the use cases.
func connect(ctx context.Context, c config.Config, roles Roles, log *slog.Logger) (Parts, error) {
	keyring, err := seal.ParseKeyring(c.SealKeys.Reveal())
	if err != nil {
		return Parts{}, fmt.Errorf("LEADRAIL_SEAL_KEYS: %w", err)
	}
	traces, err := telemetry.StartTraces(ctx, os.Getenv, log.With("component", "traces"))
	if err != nil {
		return Parts{}, err
	}
	db, err := openStore(ctx, c, log)
	if err != nil {
		return Parts{}, err
	}
	temporal, err := dialTemporal(ctx, c, log, traces.Tracer())
	if err != nil {
		return Parts{}, errors.Join(err, db.Close())
	}
	p := Parts{
		config: c, log: log, store: db, temporal: temporal, workflows: workflows.NewClient(temporal),
		keyring: keyring, stopping: &atomic.Bool{}, watch: telemetry.NewWatch(traces.Tracer()), traces: traces,
	}
	p.guard, p.receiver = outbound(c, roles)
	if err := p.addMail(ctx, roles); err != nil {
		return Parts{}, errors.Join(err, p.close())
	}
	if err := p.addUseCases(ctx); err != nil {
		return Parts{}, errors.Join(err, p.close())
	}
	return p, nil
}

func openStore(ctx context.Context, c config.Config, log *slog.Logger) (*store.Cached, error) {
	url := c.DatabaseURL.Reveal()
	if err := store.Migrate(ctx, url); err != nil {
		return nil, err
	}
	db, err := store.Open(url, store.Options{MaxConnections: c.DatabasePool, Log: log})
	if err != nil {
		return nil, err
	}
	return db.Cached(url, log.With("component", "cache"))
}

func (p *Parts) addMail(ctx context.Context, roles Roles) (err error) {
	if p.sender, err = newSender(p.config, p.store.Store, p.guard); err != nil || !roles.Worker {
		return err
	}
	return requireProvider(ctx, p.sender, p.store.Store)
}

func (p *Parts) addUseCases(ctx context.Context) error {
	secret, err := p.store.InstallationSecret(ctx)
	if err != nil {
		return err
	}
	direct := p.store.Direct()
	p.uses = auth.NewUses(p.store, p.log.With("component", "keys"))
	p.intake = intake.NewQueue(p.store, starter{p.workflows, p.watch}, p.log.With("component", "intake"))
	p.Forms = &forms.Service{Store: direct, Destinations: destinations{p.guard}, Sealer: p.keyring, Trier: p.trial(), Now: now}
	p.Teams = &leads.Teams{Store: direct, Now: now}
	p.Leads = &leads.Service{
		Store: p.store, Files: p.store, Workflows: p.workflows, Intake: p.intake, Slots: leads.NewSlots(startSlots),
		Sealer: p.keyring, URLs: p.guard, Now: now, Secret: secret, ConversationURL: p.config.ConversationURL,
		Watch:     p.watch,
		Refusals:  leads.NewRefusals(p.store, p.log.With("component", "refusals")),
		Decisions: leads.NewDecisions(p.store, p.log.With("component", "gate")),
		Followers: &leads.Followers{Store: p.store},
	}
	return nil
}

func dialTemporal(ctx context.Context, c config.Config, log *slog.Logger, tracer trace.Tracer) (client.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, temporalTimeout)
	defer cancel()
	connection, err := connectionTo(c, log)
	if err != nil {
		return nil, err
	}
	connection.Tracer = tracer
	temporal, err := worker.Dial(ctx, connection)
	if err != nil {
		return nil, err
	}
	if err := worker.RegisterSearchAttributes(ctx, temporal, c.TemporalNamespace); err != nil {
		temporal.Close()
		return nil, err
	}
	return temporal, nil
}

// connectionTo says how to reach the Temporal of the configuration.
func connectionTo(c config.Config, log *slog.Logger) (worker.Connection, error) {
	secured, err := c.TLSToTemporal()
	return worker.Connection{
		Address: c.TemporalAddress, Namespace: c.TemporalNamespace,
		TLS: secured, APIKey: c.TemporalAPIKey.Reveal(), Log: log,
	}, err
}

// startBackground relays the intake, hears of changes, notes the use of keys,
// counts refusals, notes what the gate decides and sweeps files until stop is
// called.
func (p Parts) startBackground(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { p.intake.Run(ctx) })
	running.Go(func() { p.store.Run(ctx) })
	running.Go(func() { p.uses.Run(ctx) })
	running.Go(func() { p.Leads.Refusals.Run(ctx) })
	running.Go(func() { p.Leads.Decisions.Run(ctx) })
	running.Go(func() { p.sweepFiles(ctx, time.Tick(sweepEvery)) })
	return func() {
		cancel()
		running.Wait()
	}
}

func (p Parts) close() error {
	p.temporal.Close()
	return p.store.Close()
}

func now() time.Time { return time.Now().UTC() }
