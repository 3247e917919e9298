package localpg

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Names of what stands in a data folder.
const (
	clusterName = "cluster"
	draftName   = "cluster.new"
	lockName    = "lock"
	portName    = "port"
	logName     = "postgres.log"
	oldLogName  = "postgres.log.1"
)

// place is where one server keeps its files and who it runs as. Lock, port
// and log stand beside the real cluster, so that two data folders that link
// to one cluster still exclude each other.
type place struct {
	dir  string
	user account
}

func (p place) path(name string) string { return filepath.Join(p.dir, name) }
func (p place) cluster() string         { return p.path(clusterName) }

// locate finds the place that belongs to the data folder, or makes one.
func locate(opts Options) (place, error) {
	if err := os.MkdirAll(opts.Dir, 0o755); err != nil {
		return place{}, fmt.Errorf("make the postgres data folder: %w", err)
	}
	dir, err := realPath(opts.Dir)
	if err != nil {
		return place{}, err
	}
	home, err := follow(dir)
	if err != nil {
		return place{}, err
	}
	user, err := serverAccount(home.cluster())
	if err != nil {
		return place{}, err
	}
	home.user = user
	blocked := user.blockedBy(home.dir)
	if blocked == "" {
		return home, nil
	}
	if _, err := os.Lstat(filepath.Join(dir, clusterName)); err == nil {
		return place{}, &AccessError{Dir: blocked, User: user.name} // the data is there: never start beside it
	}
	return moveAway(opts, dir, user)
}

// follow resolves the link that moveAway left, if there is one.
func follow(dir string) (place, error) {
	target, err := os.Readlink(filepath.Join(dir, clusterName))
	if err != nil {
		return place{dir: dir}, nil // no link: the cluster is, or will be, here
	}
	home := filepath.Dir(target)
	if _, err := os.Stat(home); err != nil {
		return place{}, fmt.Errorf("the data of %s was kept in %s: restore it, or remove %s to start empty: %w",
			dir, home, filepath.Join(dir, clusterName), err)
	}
	return place{dir: home}, nil
}

// moveAway makes a place in the fallback folder. Its name begins with a hash
// of the data folder for people who look for it, but the link alone decides:
// someone who deleted the data folder to start empty does start empty.
func moveAway(opts Options, dir string, user account) (place, error) {
	if err := os.MkdirAll(opts.FallbackDir, 0o755); err != nil {
		return place{}, fmt.Errorf("make the fallback data folder: %w", err)
	}
	base, err := realPath(opts.FallbackDir)
	if err != nil {
		return place{}, err
	}
	if blocked := user.blockedBy(base); blocked != "" {
		return place{}, &AccessError{Dir: blocked, User: user.name}
	}
	sum := sha256.Sum256([]byte(dir))
	prefix := hex.EncodeToString(sum[:6]) + "-"
	left, _ := filepath.Glob(filepath.Join(base, prefix+"*")) // the pattern is well-formed
	home, err := os.MkdirTemp(base, prefix)
	if err != nil {
		return place{}, fmt.Errorf("make the fallback data folder: %w", err)
	}
	if err := os.Chmod(home, 0o755); err != nil {
		return place{}, fmt.Errorf("open the fallback data folder: %w", err)
	}
	err = os.Symlink(filepath.Join(home, clusterName), filepath.Join(dir, clusterName))
	if errors.Is(err, fs.ErrExist) { // another process was faster: its link counts
		os.Remove(home)
		return locate(opts)
	}
	if err != nil {
		return place{}, fmt.Errorf("note where the data is: %w", err)
	}
	opts.Log.Info("postgres data is kept elsewhere: its user cannot enter the data folder",
		"data", dir, "kept", home, "user", user.name)
	if len(left) > 0 {
		opts.Log.Warn("data of an earlier data folder of this name is still there", "folders", left)
	}
	return place{dir: home, user: user}, nil
}

// realPath is absolute and free of links, as the system reports the working
// directory of the server's processes.
func realPath(path string) (string, error) {
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("resolve %s: %w", path, err)
	}
	resolved, err := filepath.EvalSymlinks(absolute)
	if err != nil {
		return "", fmt.Errorf("resolve %s: %w", path, err)
	}
	return resolved, nil
}
