// Command bench measures how many leads this machine takes in and delivers, and
// how soon the gate answers. It starts a Leadrail of its own in a temporary folder,
// and a receiver, and prints each figure of leads beside a bare durable insert into
// the same database in the same run: machines differ and are noisy, ratios less so.
//
// Arguments name the parts to run: closed, burst, open, beside, gate. Without any,
// all run.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // the process ends
	}
}

func run(ctx context.Context, names []string, out io.Writer) (err error) {
	b := &bench{out: out}
	parts, err := b.parts(names)
	if err != nil {
		return err
	}
	if b.machine, err = start(ctx); err != nil {
		return err
	}
	defer b.stop()
	for _, part := range append([]func(context.Context) error{b.insert}, parts...) {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

// parts are the measurements of the names; all of them where none is named.
func (b *bench) parts(names []string) ([]func(context.Context) error, error) {
	if len(names) == 0 {
		names = []string{"closed", "burst", "open", "beside", "gate"}
	}
	known := map[string]func(context.Context) error{
		"closed": b.closed, "burst": b.burst, "open": b.open, "beside": b.beside, "gate": b.gate,
	}
	parts := make([]func(context.Context) error, len(names))
	for i, name := range names {
		if parts[i] = known[name]; parts[i] == nil {
			return nil, fmt.Errorf("there is no part %q", name)
		}
	}
	return parts, nil
}
