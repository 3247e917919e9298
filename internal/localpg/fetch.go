package localpg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	embeddedpostgres "github.com/fergusstrange/embedded-postgres"
)

// fetch returns the folder of programs fetched earlier or now. The library
// knows no context: when ctx ends, the download goes on unattended and serves
// the next start.
func (b Binaries) fetch(ctx context.Context, major int) (string, error) {
	version, err := fetchableVersion(major)
	if err != nil {
		return "", err
	}
	final := filepath.Join(b.CacheDir, "postgres-"+string(version))
	bin := filepath.Join(final, "bin")
	if _, err := os.Stat(filepath.Join(bin, "postgres")); err == nil {
		return bin, nil
	}
	fetched := make(chan error, 1)
	go func() { fetched <- b.download(version, final) }()
	select {
	case err := <-fetched:
		return bin, err
	case <-ctx.Done():
		return "", fmt.Errorf("fetch PostgreSQL %s: %w", version, context.Cause(ctx))
	}
}

// download extracts into a folder of its own first, so that an interrupted
// run never leaves half a PostgreSQL under the final name.
func (b Binaries) download(version embeddedpostgres.PostgresVersion, final string) error {
	if err := os.MkdirAll(b.CacheDir, 0o755); err != nil {
		return fmt.Errorf("make the cache of binaries: %w", err)
	}
	scratch, err := os.MkdirTemp(b.CacheDir, "fetch-*")
	if err != nil {
		return fmt.Errorf("make the cache of binaries: %w", err)
	}
	defer os.RemoveAll(scratch)

	extracted := filepath.Join(scratch, "postgres")
	if err := b.extract(version, scratch, extracted); err != nil {
		return err
	}
	if err := makeReadable(extracted); err != nil {
		return err
	}
	if err := os.Rename(extracted, final); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("keep the fetched binaries: %w", err)
	}
	return nil
}

// extract uses the library for what it is good at, finding, fetching, checking
// and unpacking the archive. It has no call for that alone, and its Start goes
// on to run initdb, which fails as root. A data folder that only looks
// initialised makes it skip initdb; the start that follows cannot work, and
// whether the programs are there is the only question asked.
func (b Binaries) extract(version embeddedpostgres.PostgresVersion, scratch, extracted string) error {
	data := filepath.Join(scratch, "data")
	if err := os.Mkdir(data, 0o700); err != nil {
		return fmt.Errorf("unpack the fetched binaries: %w", err)
	}
	if err := os.WriteFile(filepath.Join(data, "PG_VERSION"), []byte(version), 0o600); err != nil {
		return fmt.Errorf("unpack the fetched binaries: %w", err)
	}
	config := embeddedpostgres.DefaultConfig().
		Version(version).
		Port(0).
		CachePath(scratch).
		RuntimePath(filepath.Join(scratch, "run")).
		BinariesPath(extracted).
		DataPath(data).
		Logger(io.Discard)
	if b.RepositoryURL != "" {
		config = config.BinaryRepositoryURL(b.RepositoryURL)
	}
	startErr := embeddedpostgres.NewDatabase(config).Start()
	for _, program := range []string{"postgres", "initdb"} {
		if _, err := os.Stat(filepath.Join(extracted, "bin", program)); err != nil {
			return errors.Join(startErr, err)
		}
	}
	return nil
}

// makeReadable undoes a strict umask: root fetches, another user executes.
func makeReadable(root string) error {
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Type()&fs.ModeSymlink != 0 {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		mode := info.Mode().Perm() | 0o444
		if mode&0o100 != 0 {
			mode |= 0o111
		}
		return os.Chmod(path, mode)
	})
	if err != nil {
		return fmt.Errorf("make the fetched binaries readable: %w", err)
	}
	return nil
}

func fetchableVersion(major int) (embeddedpostgres.PostgresVersion, error) {
	switch major {
	case 0, 18:
		return embeddedpostgres.V18, nil
	case 17:
		return embeddedpostgres.V17, nil
	case 16:
		return embeddedpostgres.V16, nil
	case 15:
		return embeddedpostgres.V15, nil
	case 14:
		return embeddedpostgres.V14, nil
	default:
		return "", fmt.Errorf("no archive of PostgreSQL %d is known", major)
	}
}
