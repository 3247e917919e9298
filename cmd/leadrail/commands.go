package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"leadrail/internal/app"
	"leadrail/internal/store"
)

// version is set by the build.
var version string //nolint:gochecknoglobals // the linker writes it

// commands is the command table.
func commands() []command {
	return []command{
		{"up", "run everything on this machine, database and Temporal included", up},
		{"serve", "run API and worker against a database and a Temporal that exist", serve(app.Roles{API: true, Worker: true})},
		{"api", "run the API alone", serve(app.Roles{API: true})},
		{"worker", "run the worker alone", serve(app.Roles{Worker: true})},
		{"migrate", "bring the database's schema up to date and exit", migrate},
		{"version", "print the version and exit", printVersion},
	}
}

func up(ctx context.Context, e env) error { return app.Up(ctx, e.config, e.out, e.log) }

func serve(roles app.Roles) func(context.Context, env) error {
	return func(ctx context.Context, e env) error {
		return app.Serve(ctx, e.config, roles, e.log, func(app.Parts) {
			e.log.InfoContext(ctx, "ready", "api", roles.API, "worker", roles.Worker, "listen", e.config.Listen)
		})
	}
}

func migrate(ctx context.Context, e env) error {
	if e.config.DatabaseURL == "" {
		return errors.New("DATABASE_URL is not set")
	}
	return store.Migrate(ctx, e.config.DatabaseURL.Reveal())
}

func printVersion(_ context.Context, e env) error {
	shown := version
	if info, ok := debug.ReadBuildInfo(); ok && shown == "" {
		shown = info.Main.Version
	}
	_, err := fmt.Fprintln(e.out, "leadrail", shown)
	return err
}
