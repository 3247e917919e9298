package main

import (
	"context"
	"fmt"
	"runtime/debug"

	"leadrail/internal/app"
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
		{"doctor", "check everything that a running Leadrail needs, and say what to do", doctor},
		{"version", "print the version and exit", printVersion},
	}
}

func up(ctx context.Context, e env) error {
	e.announce(ctx)
	return app.Up(ctx, e.config, e.out, e.log)
}

func serve(roles app.Roles) func(context.Context, env) error {
	return func(ctx context.Context, e env) error {
		e.announce(ctx)
		return app.Serve(ctx, e.config, roles, e.log, func(app.Parts) {
			e.log.InfoContext(ctx, "ready", "api", roles.API, "worker", roles.Worker, "listen", e.config.Listen)
		})
	}
}

// announce logs what runs, and what its configuration changes.
func (e env) announce(ctx context.Context) {
	e.log.InfoContext(ctx, "starting", "version", shownVersion(), "config", e.config)
}

func migrate(ctx context.Context, e env) error { return app.Migrate(ctx, e.config) }

func doctor(ctx context.Context, e env) error { return app.Doctor(ctx, e.config, e.out) }

func printVersion(_ context.Context, e env) error {
	_, err := fmt.Fprintln(e.out, "leadrail", shownVersion())
	return err
}

// shownVersion is that of the module where the linker wrote none.
func shownVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && version == "" {
		return info.Main.Version
	}
	return version
}
