package main

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"

	"leadrail/internal/app"
)

// version is set by the linker.
var version string

// commands is the command table.
func commands() []command {
	return []command{
		{name: "up", summary: "run everything on this machine, database and Temporal included", run: up},
		{name: "serve", summary: "run API and worker against a database and a Temporal that exist", run: serve(app.Roles{API: true, Worker: true})},
		{name: "api", summary: "run the API alone", run: serve(app.Roles{API: true})},
		{name: "worker", summary: "run the worker alone", run: serve(app.Roles{Worker: true})},
		{name: "migrate", summary: "bring the database's schema up to date and exit", run: migrate},
		{name: "demo", summary: "send sample leads to the leadrail up that runs, and show what becomes of them", run: runDemo},
		{name: "doctor", summary: "check everything that a running Leadrail needs, and say what to do", run: doctor},
		{name: "key create", summary: "make a key and print it, this once", flags: createKey},
		{name: "key list", summary: "list the keys", run: listKeys},
		{name: "key revoke", summary: "end a key for good", flags: revokeKey},
		{name: "replay", summary: "deliver again what failed of many leads", flags: replayLeads},
		{name: "version", summary: "print the version and exit", run: printVersion},
	}
}

func up(ctx context.Context, e env) error {
	e.announce(ctx)
	return unlessStopped(ctx, app.Up(ctx, e.config, e.out, e.log))
}

func serve(roles app.Roles) func(context.Context, env) error {
	return func(ctx context.Context, e env) error {
		e.announce(ctx)
		return unlessStopped(ctx, app.Serve(ctx, e.config, roles, e.log, func(app.Parts) {
			e.log.InfoContext(ctx, "ready", "api", roles.API, "worker", roles.Worker, "listen", e.config.Listen)
		}))
	}
}

// unlessStopped drops the error of what was asked to stop while it started. A
// job that was interrupted has one: its work is not done.
func unlessStopped(ctx context.Context, err error) error {
	if ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return nil
	}
	return err
}

// announce logs what runs, and what its configuration changes.
func (e env) announce(ctx context.Context) {
	e.log.InfoContext(ctx, "starting", "version", shownVersion(), "config", e.config)
}

func migrate(ctx context.Context, e env) error { return app.Migrate(ctx, e.config) }

func runDemo(ctx context.Context, e env) error {
	return unlessStopped(ctx, app.Demo(ctx, e.config, e.out))
}

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
