package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// gcPercent trades memory for processor time, of which the machine's other
// programs want the most. What lives is some 50 MiB.
const gcPercent = 400

func main() {
	debug.SetGCPercent(gcPercent)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	os.Exit(run(ctx, os.Args[1:], os.Getenv, claimStdout(), os.Stderr))
}

// claimStdout returns standard output and points everyone else at standard
// error: the libraries linked here have loggers that default to standard
// output, which belongs to the ready line.
func claimStdout() *os.File {
	stdout := os.Stdout
	os.Stdout = os.Stderr
	return stdout
}
