package localpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	pollEvery = 20 * time.Millisecond
	// fastFor is how long a fast shutdown may take before a harsher one.
	fastFor = 10 * time.Second
	// orphansFor is how long the children of a killed postmaster get to
	// notice; idle ones do at once.
	orphansFor   = 300 * time.Millisecond
	immediateFor = 3 * time.Second
	killedFor    = 5 * time.Second
)

// reclaim ends what an earlier owner left running on the cluster. We hold the
// lock, so whatever runs there has lost its owner.
func (p place) reclaim(ctx context.Context, log *slog.Logger) error {
	pids := p.processes()
	if len(pids) == 0 {
		return dropStalePID(p.cluster())
	}
	log.WarnContext(ctx, "postgres of an earlier run is still there, stopping it", "pids", pids)
	for _, step := range p.reclaimSteps(pids) {
		for _, pid := range step.pids {
			syscall.Kill(pid, step.signal) // an error means that it has ended
		}
		gone, err := p.awaitNone(ctx, step.wait)
		if err != nil {
			return fmt.Errorf("wait for the postgres of an earlier run: %w", err)
		}
		if gone {
			return dropStalePID(p.cluster())
		}
	}
	return fmt.Errorf("processes %v of an earlier run do not end", p.processes())
}

// reclaimStep is one signal, to whom, and the time it gets.
type reclaimStep struct {
	signal syscall.Signal
	pids   []int
	wait   time.Duration
}

func (p place) reclaimSteps(pids []int) []reclaimStep {
	gentle := reclaimStep{wait: orphansFor}
	if postmaster, err := postmasterPID(p.cluster()); err == nil && slices.Contains(pids, postmaster) {
		gentle = reclaimStep{signal: syscall.SIGINT, pids: []int{postmaster}, wait: fastFor}
	}
	return []reclaimStep{
		gentle,
		{signal: syscall.SIGQUIT, pids: pids, wait: immediateFor},
		{signal: syscall.SIGKILL, pids: pids, wait: killedFor},
	}
}

func (p place) awaitNone(ctx context.Context, bound time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, bound, errBound)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for len(p.processes()) > 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			if err := context.Cause(ctx); !errors.Is(err, errBound) {
				return false, err
			}
			return false, nil
		}
	}
	return true, nil
}

var errBound = errors.New("bound reached")

// dropStalePID removes a pid file whose number now belongs to another program,
// as happens in containers, where numbers start anew: PostgreSQL would take
// that program for a server. Any other pid file it judges well by itself.
func dropStalePID(cluster string) error {
	pid, err := postmasterPID(cluster)
	if err != nil {
		return nil // none, or not readable as one
	}
	if alive := syscall.Kill(pid, 0) != syscall.ESRCH; !alive || isPostgres(pid) {
		return nil
	}
	if err := os.Remove(pidFile(cluster)); err != nil {
		return fmt.Errorf("remove a stale pid file: %w", err)
	}
	return nil
}

// postmasterPID reads the first line of the server's pid file.
func postmasterPID(cluster string) (int, error) {
	text, err := os.ReadFile(pidFile(cluster))
	if err != nil {
		return 0, fmt.Errorf("read the pid file: %w", err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if err != nil || pid <= 1 {
		return 0, fmt.Errorf("the pid file says %q", line)
	}
	return pid, nil
}

func pidFile(cluster string) string { return filepath.Join(cluster, "postmaster.pid") }
