package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"

	"leadrail/internal/config"
	"leadrail/internal/localpg"
)

// database is the product's own database on the server that "up" runs.
const database = "leadrail"

// Up runs everything on one machine: what the configuration does not point to
// elsewhere, a Postgres and a Temporal server, it starts as children. It writes
// where everything is to out, and returns when ctx has ended and all is
// stopped.
func Up(ctx context.Context, c config.Config, out io.Writer, log *slog.Logger) (err error) {
	c, err = withLocalKeys(c)
	if err != nil {
		return err
	}
	temporalDatabase := c.DatabaseURL.Reveal()
	if temporalDatabase == "" {
		postgres, server, err := startPostgres(ctx, c, log)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, postgres.stop()) }()
		c.DatabaseURL = config.Secret(server.URL(database))
		temporalDatabase = server.URL("postgres")
	}
	ui := ""
	if c.TemporalAddress == "" {
		temporal, err := startTemporal(ctx, c, temporalDatabase, log)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, temporal.stop()) }()
		c, ui = c.WithOwnTemporal(loopbackOf(c.TemporalListen)), c.TemporalUIListen
	}
	c = withLocalMail(c, ui)
	c.DrainDelay = 0 // nobody balances load over one machine
	roles := Roles{API: true, Worker: true, Receiver: true}
	return Serve(ctx, c, roles, log, func(parts Parts) { parts.announce(ctx, out, ui) })
}

// startPostgres runs a Postgres server in the data directory, with the
// product's database on it.
func startPostgres(ctx context.Context, c config.Config, log *slog.Logger) (*background, *localpg.Server, error) {
	options := localpg.Options{
		Dir:  filepath.Join(c.DataDir, "postgres"),
		Port: c.PostgresPort,
		Log:  log.With("component", "postgres"),
	}
	var server *localpg.Server
	postgres, err := startBackground(ctx, func(ctx context.Context, ready func()) error {
		return localpg.Run(ctx, options, func(s *localpg.Server) {
			server = s
			ready()
		})
	})
	if err != nil {
		return nil, nil, err
	}
	if err := server.CreateDatabase(ctx, database); err != nil {
		return nil, nil, errors.Join(err, postgres.stop())
	}
	return postgres, server, nil
}
