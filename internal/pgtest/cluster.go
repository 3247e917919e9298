package pgtest

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"leadrail/internal/localpg"
)

const (
	folderPrefix = "leadrail-pgtest-"
	// maxConnections serves several test binaries with several parallel
	// tests with a pool each.
	maxConnections = 400
	// youngest is the age below which a folder may belong to a process that
	// has not locked it yet.
	youngest = time.Minute
)

// Cluster is a throw-away PostgreSQL server in a temporary folder. It dies
// with its process, and the folder with the next Cluster at the latest.
type Cluster struct {
	options localpg.Options
	server  *localpg.Server
}

// StartCluster starts a server with nothing in it, tuned for speed.
func StartCluster(ctx context.Context) (*Cluster, error) {
	sweep(ctx)
	dir, err := os.MkdirTemp("", folderPrefix)
	if err != nil {
		return nil, fmt.Errorf("make a folder for the test cluster: %w", err)
	}
	// Root starts the server as another user, who has to get in.
	if err := os.Chmod(dir, 0o755); err != nil {
		return nil, fmt.Errorf("open the folder of the test cluster: %w", err)
	}
	options := localpg.Options{Dir: dir, Volatile: true, MaxConnections: maxConnections}
	server, err := localpg.Start(ctx, options)
	if err != nil {
		return nil, errors.Join(err, localpg.Remove(context.WithoutCancel(ctx), options))
	}
	return &Cluster{options: options, server: server}, nil
}

// URL is the connection string of the cluster's own database.
func (c *Cluster) URL() string { return c.server.URL("postgres") }

// Stop ends the server and removes all it had.
func (c *Cluster) Stop(ctx context.Context) error {
	if err := c.server.Stop(ctx); err != nil {
		return fmt.Errorf("stop the test cluster: %w", err)
	}
	if err := localpg.Remove(ctx, c.options); err != nil {
		return fmt.Errorf("remove the test cluster: %w", err)
	}
	return nil
}

// sweep removes the folders of processes that were killed. Those in use are
// locked and stay.
func sweep(ctx context.Context) {
	dirs, _ := filepath.Glob(filepath.Join(os.TempDir(), folderPrefix+"*")) // the pattern is well-formed
	for _, dir := range dirs {
		if info, err := os.Stat(dir); err == nil && time.Since(info.ModTime()) > youngest {
			localpg.Remove(ctx, localpg.Options{Dir: dir}) // an error leaves it to the next sweep
		}
	}
}
