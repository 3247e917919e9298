package localpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"leadrail/internal/child"
)

// clusterMajor is the PostgreSQL version that made the cluster, 0 when there
// is none yet.
func clusterMajor(cluster string) (int, error) {
	text, err := os.ReadFile(filepath.Join(cluster, "PG_VERSION"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("read the version of the cluster: %w", err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fmt.Errorf("read the version of the cluster: %w", err)
	}
	return major, nil
}

// initialise makes the cluster under another name first: one that was
// interrupted must not look finished at the next start.
func (p place) initialise(ctx context.Context, pg programs, volatile bool) error {
	draft := p.path(draftName)
	if err := os.RemoveAll(draft); err != nil {
		return fmt.Errorf("remove an unfinished cluster: %w", err)
	}
	if err := os.Mkdir(draft, 0o700); err != nil {
		return fmt.Errorf("make the cluster folder: %w", err)
	}
	if err := p.user.give(draft); err != nil {
		return err
	}
	if err := p.initdb(ctx, pg, draft, volatile); err != nil {
		return err
	}
	if err := os.Rename(draft, p.cluster()); err != nil {
		return fmt.Errorf("put the cluster in place: %w", err)
	}
	return syncDir(p.dir)
}

func (p place) initdb(ctx context.Context, pg programs, dir string, volatile bool) error {
	args := []string{
		"-D", dir, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--no-locale",
		"--data-checksums", "--no-instructions",
	}
	if volatile {
		args = append(args, "--no-sync")
	}
	var output strings.Builder
	cmd := command(p.user, dir, filepath.Join(pg.dir, "initdb"), args...)
	cmd.Stdout, cmd.Stderr = &output, &output
	process, err := child.Start(cmd, deathSignal)
	if err != nil {
		return err
	}
	if err := process.Wait(ctx); err != nil {
		return fmt.Errorf("initialise the cluster: %w: %s", err, strings.TrimSpace(output.String()))
	}
	return nil
}

// syncDir makes a rename in dir survive a power cut.
func syncDir(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return fmt.Errorf("flush the data folder: %w", err)
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil {
		return fmt.Errorf("flush the data folder: %w", err)
	}
	return nil
}
