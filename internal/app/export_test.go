package app

import (
	"context"
	"io"
	"log/slog"
	"time"

	"leadrail/activities"
	"leadrail/internal/config"
	"leadrail/internal/forms"
	"leadrail/internal/leads"
	"leadrail/internal/mail"
	"leadrail/internal/seal"
	"leadrail/internal/store"
	"leadrail/internal/webhook"
	"leadrail/models"
)

// Open to the black-box tests, which could only reach them by running
// everything.
var (
	WithLocalKeys  = withLocalKeys
	WithStoredKeys = withStoredKeys

	WithLocalMail               = withLocalMail
	NewSender                   = newSender
	RequireProvider             = requireProvider
	Undecided       mail.Sender = undecided{}
)

// HasOutbox reports whether there is an outbox to show.
func HasOutbox(c config.Config) bool { return Parts{config: c}.outbox() != nil }

// NewTrial makes what tries actions out, over a database that is not asked.
func NewTrial(guard *webhook.Guard, keyring *seal.Keyring, log *slog.Logger) activities.Trial {
	return Parts{store: &store.Cached{}, guard: guard, keyring: keyring, log: log}.trial()
}

// SweepFiles sweeps as a process with this database does.
func SweepFiles(ctx context.Context, db *store.Cached, ticks <-chan time.Time, log *slog.Logger) {
	Parts{store: db, log: log}.sweepFiles(ctx, ticks)
}

// FollowReplay waits for rpl_1, on a terminal or not.
func FollowReplay(ctx context.Context, read func(context.Context, leads.ReplayRef) (leads.BulkReplay, error), terminal bool, out io.Writer) error {
	return replayWatch{leads.ReplayRef{ID: "rpl_1"}, read, &replayProgress{out: out, bar: terminal}}.follow(ctx, out)
}

// NewSecret makes a signing secret for form_1.
func NewSecret(keyring *seal.Keyring) models.Secret { return forms.NewSecret(keyring, "form_1", now()) }
