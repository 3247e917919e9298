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
	var err error
	if c.AdminKey == "" {
		c.AdminKey, err = localKey(filepath.Join(c.DataDir, "admin.key"), auth.NewKey)
	}
	if err == nil && c.SealKeys == "" {
		c.SealKeys, err = localKey(filepath.Join(c.DataDir, "seal.keys"), func() string { return seal.GenerateKey("local") })
	}
	return c, err
}

// localKey reads a key file and makes it where there is none.
func localKey(path string, generate func() string) (config.Secret, error) {
	content, err := os.ReadFile(path)
	if err == nil {
		return config.Secret(strings.TrimSpace(string(content))), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read key: %w", err)
	}
	key := generate()
	if err := writeKey(path, key); err != nil {
		return "", fmt.Errorf("keep key: %w", err)
	}
	return config.Secret(key), nil
}

// writeKey puts the whole key in place at once: a half-written seal key would
// lose what was sealed under the whole one.
func writeKey(path, key string) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	_, err = file.WriteString(key + "\n")
	err = errors.Join(err, file.Sync(), file.Close())
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(file.Name()))
	}
	return nil
}
