package app

import (
	"context"
	"errors"

	"leadrail/internal/config"
	"leadrail/internal/store"
)

// Migrate brings the database's schema up to date.
func Migrate(ctx context.Context, c config.Config) error {
	if c.DatabaseURL == "" {
		return errors.New("DATABASE_URL is not set")
	}
	return store.Migrate(ctx, c.DatabaseURL.Reveal())
}
