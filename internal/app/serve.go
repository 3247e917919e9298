package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"leadrail/api"
	"leadrail/internal/analytics"
	"leadrail/internal/auth"
	"leadrail/internal/config"
	"leadrail/internal/leads"
)

// Roles says which parts a process runs.
type Roles struct {
	API    bool
	Worker bool
	// Receiver adds an endpoint to the API that takes webhooks and shows them,
	// for trying things out.
	Receiver bool
}

// Bounds of starting and stopping.
const (
	temporalTimeout = 60 * time.Second
	drainTimeout    = 10 * time.Second
)

// Serve runs the roles against a database and a Temporal that exist, until ctx
// ends; ready is called when they work. The error lists what is missing from
// the configuration, or says which part did not start.
func Serve(ctx context.Context, c config.Config, roles Roles, log *slog.Logger, ready func(Parts)) (err error) {
	if err := require(c, roles); err != nil {
		return err
	}
	parts, err := connect(ctx, c, roles, log)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, parts.close()) }()
	defer parts.traces.Stop(ctx)

	defer parts.startBackground(ctx)()
	defer parts.startMetrics(ctx)()
	fatal := make(chan error, 1)
	if roles.Worker {
		stop, err := parts.startWorker(ctx, fatal)
		if err != nil {
			return err
		}
		defer stop()
	}
	if roles.API {
		stop, err := parts.startAPI(ctx, fatal)
		if err != nil {
			return err
		}
		defer stop()
	}
	ready(parts)
	select {
	case <-ctx.Done():
		log.InfoContext(ctx, "stopping")
		parts.drain(roles)
		return nil
	case err := <-fatal:
		return err
	}
}

// require lists the settings that the roles cannot do without.
func require(c config.Config, roles Roles) error {
	missing := func(variable, value string) error {
		if value != "" {
			return nil
		}
		return fmt.Errorf("%s is not set", variable)
	}
	problems := []error{
		missing("DATABASE_URL", c.DatabaseURL.Reveal()),
		missing("TEMPORAL_ADDRESS", c.TemporalAddress),
		missing("LEADRAIL_SEAL_KEYS", c.SealKeys.Reveal()),
	}
	if roles.API {
		problems = append(problems, missing("LEADRAIL_ADMIN_KEY", c.AdminKey.Reveal()))
	}
	return errors.Join(problems...)
}

func (p Parts) startAPI(ctx context.Context, fatal chan<- error) (stop func(), err error) {
	var listenConfig net.ListenConfig
	listener, err := listenConfig.Listen(ctx, "tcp", p.config.Listen)
	if err != nil {
		return nil, fmt.Errorf("LEADRAIL_LISTEN: %w", err)
	}
	server := newHTTPServer(api.NewHandler(api.Dependencies{
		Auth:               auth.NewAuthenticator(p.config.AdminKey.Reveal(), p.store, p.uses, now),
		Keys:               &auth.Keys{Store: p.store.Direct(), Now: now},
		Audit:              &auth.Audit{Store: p.store, Now: now},
		Forms:              p.Forms,
		Leads:              p.Leads,
		Teams:              p.Teams,
		Replays:            &leads.BulkReplays{Store: p.store, Workflows: p.workflows, Now: now},
		Ledger:             &leads.Ledger{Store: p.store, Now: now},
		ConversationSlices: &leads.ConversationSlices{Store: p.store},
		Analytics:          &analytics.Service{Store: p.store},
		Conversations:      &leads.Conversations{Store: p.store, Now: now, URL: p.config.ConversationURL},
		Ready: []api.ReadyCheck{
			{Part: "postgres", Ping: p.store.Ping},
			{Part: "temporal", Ping: p.workflows.Ping},
		},
		Intake:   p.store.IntakeDepth,
		Stopping: p.stopping.Load,
		Outbox:   p.outbox(),
		Receiver: p.receiver,
		Limits:   p.config.RateLimit, TrustedProxies: p.config.TrustedProxies,
		Watch: p.watch, Log: p.log,
	}))
	server.RegisterOnShutdown(p.Leads.Followers.Stop) // who follows a lead connects again, elsewhere
	go func() {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			fatal <- fmt.Errorf("serve HTTP: %w", err)
		}
	}()
	return func() {
		draining, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTimeout)
		defer cancel()
		if err := server.Shutdown(draining); err != nil {
			p.log.WarnContext(draining, "requests were cut off", "error", err)
		}
	}, nil
}
