package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os/signal"
	"slices"
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
	errOut io.Writer
	log    *slog.Logger
}

// command is one line of the command table.
type command struct {
	// name is of one word or two.
	name    string
	summary string
	run     func(ctx context.Context, e env) error
	// flags, of a command that has some of its own, adds them and takes the
	// place of run: it returns what to do once they are read.
	flags func(flags *flag.FlagSet) func(ctx context.Context, e env) error
}

// run is the whole program: it returns the exit code. The first SIGINT or
// SIGTERM stops in order, the second at once.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	for _, c := range commands() {
		if own, called := c.arguments(args); called {
			return c.execute(ctx, own, getenv, stdout, stderr)
		}
	}
	name := "help"
	if len(args) > 0 {
		name = args[0]
	}
	if strings.Trim(name, "-") == "help" || name == "-h" {
		writeUsage(stdout)
		return exitOK
	}
	fmt.Fprintf(stderr, "leadrail: there is no command %q\n\n", name)
	writeUsage(stderr)
	return exitUsage
}

// arguments reports whether a command line calls the command, and returns what
// follows its name.
func (c command) arguments(args []string) (own []string, called bool) {
	words := strings.Fields(c.name)
	if len(args) < len(words) || !slices.Equal(args[:len(words)], words) {
		return nil, false
	}
	return args[len(words):], true
}

func (c command) execute(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	do, loader := c.run, config.Command{Name: c.name}
	if c.flags != nil {
		loader.Flags = func(flags *flag.FlagSet) { do = c.flags(flags) }
	}
	settings, err := loader.Load(args, getenv, stdout)
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
	if err := do(ctx, env{config: settings, out: stdout, errOut: stderr, log: newLogger(settings, stderr)}); err != nil {
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
