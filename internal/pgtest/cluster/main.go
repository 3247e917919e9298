package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"leadrail/internal/pgtest"
)

// failed is the exit code for troubles that are not the command's.
const failed = 125

func main() {
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (code int) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(stderr, "usage: cluster -- command [argument ...]")
		return failed
	}
	// From here on signals are the command's, so that the cluster outlives it.
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT)
	defer signal.Stop(signals)

	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, stdout, stderr
	if os.Getenv(pgtest.Variable) == "" {
		cluster, err := pgtest.StartCluster(ctx)
		if err != nil {
			fmt.Fprintln(stderr, "cluster:", err)
			return failed
		}
		defer func() {
			if err := cluster.Stop(ctx); err != nil {
				fmt.Fprintln(stderr, "cluster:", err)
			}
		}()
		cmd.Env = append(os.Environ(), pgtest.Variable+"="+cluster.URL())
	}
	err := runWith(cmd, signals)
	if cmd.ProcessState == nil {
		fmt.Fprintln(stderr, "cluster:", err)
		return failed
	}
	return exitCode(cmd.ProcessState)
}

// runWith passes signals on while the command runs. One sent from a terminal
// reaches the command twice, as it goes to the whole process group anyway.
func runWith(cmd *exec.Cmd, signals <-chan os.Signal) error {
	select {
	case received := <-signals:
		return fmt.Errorf("stopped by %v", received)
	default:
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start the command: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case received := <-signals:
			if err := cmd.Process.Signal(received); err != nil && !errors.Is(err, os.ErrProcessDone) {
				return fmt.Errorf("pass on %v: %w", received, err)
			}
		case err := <-ended:
			return err
		}
	}
}

func exitCode(state *os.ProcessState) int {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}
