package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"time"

	uiversion "github.com/temporalio/ui-server/v2/server/version"
	"go.temporal.io/server/common/headers"
)

const (
	exitOK    = 0
	exitError = 1
	exitUsage = 2

	// startTimeout bounds the way from the first connection to the ready line.
	startTimeout = 60 * time.Second
	// stopTimeout bounds stopping. Without Postgres some parts of the server
	// never finish; what they held is in the database or was never acknowledged.
	stopTimeout = 8 * time.Second
)

var errNotReady = fmt.Errorf("not ready within %s", startTimeout)

// run is the whole command: it returns the exit code once ctx has ended or
// something failed. Only the ready line and the answers to version and -help
// are written to stdout.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	if len(args) == 1 && args[0] == "version" {
		fmt.Fprintf(stdout, "temporal %s ui %s\n", headers.ServerVersion, uiversion.UIVersion)
		return exitOK
	}
	set, err := parseSettings(args, getenv, stdout)
	if errors.Is(err, flag.ErrHelp) {
		return exitOK
	}
	if err != nil {
		complain(stderr, err)
		return exitUsage
	}
	if err := serve(ctx, set, stdout, stderr); err != nil {
		complain(stderr, err)
		return exitError
	}
	return exitOK
}

func complain(stderr io.Writer, err error) {
	fmt.Fprintf(stderr, "leadrail-temporal: %v\n", err)
}

// serve starts everything, announces it and waits for ctx to end. A start that
// was cut short by ctx is not an error.
func serve(ctx context.Context, set settings, stdout, stderr io.Writer) error {
	ports, err := reservePorts(set)
	if err != nil {
		return err
	}
	defer ports.release()
	log := newLogger(set.logLevel, stderr)
	defer log.flush()

	st := &stack{set: set, ports: ports, log: log}
	defer st.stop(context.WithoutCancel(ctx))
	startCtx, cancel := context.WithTimeoutCause(ctx, startTimeout, errNotReady)
	defer cancel()
	if err := st.start(startCtx); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	fmt.Fprintln(stdout, st.readyLine())
	<-ctx.Done()
	return nil
}
