package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"sync/atomic"
	"time"

	"go.temporal.io/sdk/client"

	"leadrail/api"
	"leadrail/internal/auth"
	"leadrail/internal/config"
	"leadrail/internal/demo"
	"leadrail/internal/forms"
	"leadrail/internal/intake"
	"leadrail/internal/leads"
	"leadrail/internal/mail"
	"leadrail/internal/seal"
	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/worker"
	"leadrail/workflows"
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

	defer parts.startRelay(ctx)()
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

// Parts are the connections and use cases that the roles share.
type Parts struct {
	Forms *forms.Service
	Leads *leads.Service
	Teams *leads.Teams

	config    config.Config
	log       *slog.Logger
	store     *store.Store
	temporal  client.Client
	workflows *workflows.Client
	keyring   *seal.Keyring
	guard     *webhook.Guard
	sender    mail.Sender
	intake    *intake.Queue
	receiver  *demo.Receiver
	// stopping is true once the process was asked to stop.
	stopping *atomic.Bool
}

// connect migrates the database, waits for Temporal and makes the use cases.
func connect(ctx context.Context, c config.Config, roles Roles, log *slog.Logger) (Parts, error) {
	keyring, err := seal.ParseKeyring(c.SealKeys.Reveal())
	if err != nil {
		return Parts{}, fmt.Errorf("LEADRAIL_SEAL_KEYS: %w", err)
	}
	if err := store.Migrate(ctx, c.DatabaseURL.Reveal()); err != nil {
		return Parts{}, err
	}
	db, err := store.Open(c.DatabaseURL.Reveal(), store.Options{MaxConnections: c.DatabasePool, Log: log})
	if err != nil {
		return Parts{}, err
	}
	temporal, err := dialTemporal(ctx, c, log)
	if err != nil {
		return Parts{}, errors.Join(err, db.Close())
	}
	guard, receiver := outbound(c, roles)
	sender, err := newSender(c, db, guard)
	if err == nil && roles.Worker {
		err = requireProvider(ctx, sender, db)
	}
	var secret string
	if err == nil {
		secret, err = db.InstallationSecret(ctx)
	}
	if err != nil {
		temporal.Close()
		return Parts{}, errors.Join(err, db.Close())
	}
	runs := workflows.NewClient(temporal)
	queue := intake.NewQueue(db, starter{runs}, log.With("component", "intake"))
	return Parts{
		Forms: &forms.Service{Store: db, Destinations: destinations{guard}, Sealer: keyring, Now: now},
		Leads: &leads.Service{
			Store: db, Workflows: runs, Intake: queue, Slots: leads.NewSlots(startSlots),
			Sealer: keyring, Now: now, Secret: secret, ConversationURL: c.ConversationURL,
		},
		Teams:  &leads.Teams{Store: db, Now: now},
		config: c, log: log, store: db, temporal: temporal, workflows: runs, keyring: keyring,
		guard: guard, sender: sender, intake: queue, receiver: receiver, stopping: &atomic.Bool{},
	}, nil
}

func dialTemporal(ctx context.Context, c config.Config, log *slog.Logger) (client.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, temporalTimeout)
	defer cancel()
	temporal, err := worker.Dial(ctx, worker.Connection{
		Address: c.TemporalAddress, Namespace: c.TemporalNamespace, Log: log,
	})
	if err != nil {
		return nil, err
	}
	if err := worker.RegisterSearchAttributes(ctx, temporal, c.TemporalNamespace); err != nil {
		temporal.Close()
		return nil, err
	}
	return temporal, nil
}

// outbound decides what webhooks may reach: public addresses, the ranges that
// the operator allows, and the receiver beside the API where there is one.
func outbound(c config.Config, roles Roles) (*webhook.Guard, *demo.Receiver) {
	guard := webhook.NewGuard(c.AllowCIDRs...)
	if !roles.Receiver {
		return guard, nil
	}
	if own, err := netip.ParseAddrPort(loopbackOf(c.Listen)); err == nil {
		guard = guard.WithEndpoint(own)
	}
	return guard, demo.NewReceiver(now)
}

// loopbackOf returns where this machine reaches a listener, also one that
// listens on every address.
func loopbackOf(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip, err := netip.ParseAddr(host); host == "" || host == "localhost" || (err == nil && ip.IsUnspecified()) {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, port)
}

func now() time.Time { return time.Now().UTC() }

// destinations checks what forms want to deliver to.
type destinations struct{ guard *webhook.Guard }

// CheckURL implements forms.DestinationChecker.
func (d destinations) CheckURL(url string) error { return d.guard.CheckURL(url) }

// CheckHeaders implements forms.DestinationChecker.
func (d destinations) CheckHeaders(headers map[string]string) error {
	return webhook.CheckHeaders(headers)
}

// CheckRecipient implements forms.DestinationChecker.
func (d destinations) CheckRecipient(text string) error {
	_, err := mail.ParseRecipient(text)
	return err
}

func (p Parts) close() error {
	p.temporal.Close()
	return p.store.Close()
}

func (p Parts) startAPI(ctx context.Context, fatal chan<- error) (stop func(), err error) {
	var listenConfig net.ListenConfig
	listener, err := listenConfig.Listen(ctx, "tcp", p.config.Listen)
	if err != nil {
		return nil, fmt.Errorf("LEADRAIL_LISTEN: %w", err)
	}
	server := newHTTPServer(api.NewHandler(api.Dependencies{
		Auth:  auth.NewAuthenticator(p.config.AdminKey.Reveal()),
		Forms: p.Forms,
		Leads: p.Leads,
		Teams: p.Teams,
		Ready: []api.ReadyCheck{
			{Part: "postgres", Ping: p.store.Ping},
			{Part: "temporal", Ping: p.workflows.Ping},
		},
		Intake:   p.store.IntakeDepth,
		Stopping: p.stopping.Load,
		Outbox:   p.outbox(),
		Receiver: p.receiver,
		Log:      p.log,
	}))
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
