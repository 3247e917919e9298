// Command bench measures how many leads this machine takes in and delivers. It
// starts a Leadrail of its own in a temporary folder, and a receiver, and prints
// each figure beside a bare durable insert into the same database in the same run:
// machines differ and are noisy, ratios less so.
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
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1) //nolint:gocritic // the process ends
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	m, err := start(ctx)
	if err != nil {
		return err
	}
	defer m.stop()
	b := &bench{machine: m, out: out}
	for _, measure := range []func(context.Context) error{b.insert, b.closed, b.burst, b.open, b.beside} {
		if err := measure(ctx); err != nil {
			return err
		}
	}
	return nil
}
