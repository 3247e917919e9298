package localpg

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// Remove deletes the data folder of opts with all data in it, wherever the
// cluster is kept, and ends what is left of its server. A folder in use is a
// *LockedError; one that does not exist is fine. Files that this package did
// not make stay, and so does the folder around them.
func Remove(ctx context.Context, opts Options) error {
	opts, err := opts.withDefaults()
	if err != nil {
		return err
	}
	dir, err := realPath(opts.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	home, err := follow(dir)
	if err != nil {
		return err
	}
	lock, err := acquire(home.path(lockName))
	if err != nil {
		return err
	}
	defer lock.release()
	if home.user, err = serverAccount(home.cluster()); err != nil {
		return err
	}
	if err := home.reclaim(ctx, opts.Log); err != nil {
		return err
	}
	return errors.Join(home.clear(), place{dir: dir}.clear())
}

func (p place) clear() error {
	for _, name := range []string{clusterName, draftName, portName, logName, oldLogName, lockName} {
		if err := os.RemoveAll(p.path(name)); err != nil {
			return fmt.Errorf("remove the postgres data folder: %w", err)
		}
	}
	if entries, err := os.ReadDir(p.dir); err == nil && len(entries) == 0 {
		if err := os.Remove(p.dir); err != nil {
			return fmt.Errorf("remove the postgres data folder: %w", err)
		}
	}
	return nil
}
