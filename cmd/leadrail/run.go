package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"

	"leadrail/internal/config"
)

// Exit codes.
const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2
)

// env is what a command gets from outside.
type env struct {
	config config.Config
	out    io.Writer
	log    *slog.Logger
}

// command is one line of the command table.
type command struct {
	name    string
	summary string
	run     func(ctx context.Context, e env) error
}

// run is the whole program: it returns the exit code. The first SIGINT or
// SIGTERM stops in order, the second at once.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	name := "help"
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	for _, c := range commands() {
		if c.name == name {
			return c.execute(ctx, args, getenv, stdout, stderr)
		}
	}
	if strings.Trim(name, "-") == "help" || name == "-h" {
		writeUsage(stdout)
		return exitOK
	}
	fmt.Fprintf(stderr, "leadrail: there is no command %q\n\n", name)
	writeUsage(stderr)
	return exitUsage
}

func (c command) execute(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	settings, err := config.Load(c.name, args, getenv, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		complain(stderr, err)
		return exitUsage
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop)
	if err := c.run(ctx, env{config: settings, out: stdout, log: newLogger(settings, stderr)}); err != nil {
		complain(stderr, err)
		return exitError
	}
	return exitOK
}

// complain writes one line for each of several joined problems.
func complain(stderr io.Writer, err error) {
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintln(stderr, "leadrail:", line)
	}
}

func newLogger(c config.Config, stderr io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: c.LogLevel}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(stderr, options))
	}
	return slog.New(slog.NewTextHandler(stderr, options))
}

func writeUsage(out io.Writer) {
	fmt.Fprint(out, "Leadrail is the durable back end for lead capture by chat agents.\n\nUsage: leadrail <command> [flags]\n\n")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(table, "  %s\t%s\n", c.name, c.summary)
	}
	table.Flush() // an error means a closed terminal
	fmt.Fprint(out, "\nEvery command takes -help. All settings: docs/configuration.md\n")
}
