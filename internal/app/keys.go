package app

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"leadrail/internal/auth"
	"leadrail/internal/config"
	"leadrail/internal/seal"
)

// withLocalKeys fills in the keys that the configuration does not give: from
// files in the data directory, made at the first start and readable by their
// owner only.
func withLocalKeys(c config.Config) (config.Config, error) {
	if err := os.MkdirAll(c.DataDir, 0o755); err != nil {
		return c, fmt.Errorf("LEADRAIL_DATA_DIR: %w", err)
	}
	return withKeys(c, makeKey)
}

// withStoredKeys is withLocalKeys for a guest: it makes nothing, and a key that
// is not there stays empty.
func withStoredKeys(c config.Config) (config.Config, error) {
	return withKeys(c, func(path string, _ func() string) (config.Secret, error) { return readKey(path) })
}

func withKeys(c config.Config, key func(path string, generate func() string) (config.Secret, error)) (config.Config, error) {
	var err error
	if c.AdminKey == "" {
		c.AdminKey, err = key(filepath.Join(c.DataDir, "admin.key"), auth.NewKey)
	}
	if err == nil && c.SealKeys == "" {
		c.SealKeys, err = key(filepath.Join(c.DataDir, "seal.keys"), func() string { return seal.GenerateKey("local") })
	}
	return c, err
}

// makeKey reads a key file and makes it where there is none. Of several
// processes that make it at once, all get the key of the first.
func makeKey(path string, generate func() string) (config.Secret, error) {
	key, err := readKey(path)
	if err != nil || key != "" {
		return key, err
	}
	if err := writeKey(path, generate()); err != nil && !errors.Is(err, fs.ErrExist) {
		return "", fmt.Errorf("keep key: %w", err)
	}
	return readKey(path)
}

// readKey reads a key file; no file is no key.
func readKey(path string) (config.Secret, error) {
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read key: %w", err)
	}
	key := strings.TrimSpace(string(content))
	if key == "" {
		return "", fmt.Errorf("read key: %s is empty: put the key back, or remove the file to make a new one", path)
	}
	return config.Secret(key), nil
}

// writeKey puts the whole key in place at once and for good: a seal key that
// is half-written, replaced or gone after a power cut would lose what was
// sealed under the whole one. It leaves a file that is there alone.
func writeKey(path, key string) error {
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	file, err := os.CreateTemp(dir.Name(), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	_, err = file.WriteString(key + "\n")
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil {
		return err
	}
	return dir.Sync()
}
