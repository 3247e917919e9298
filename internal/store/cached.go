package store

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"leadrail/models"
)

// The most that is kept of each noun.
const (
	cachedForms    = 1000
	cachedVersions = 1000
	cachedKeys     = 10_000
)

// Cached is the store for those who handle leads: what they read for each one,
// Form, FormVersion, Routing and KeyByHash, is kept in memory, and used as well
// when the database is away. Everything else is the store's.
//
// While Run hears of changes, one counts a few milliseconds after its commit,
// on every machine. At other times each use asks the database, for 300 ms at
// most. Those who change forms read the store itself, through Direct.
//
// What Cached returns is shared: nobody may change it.
type Cached struct {
	*Store

	forms    *cache[string, FormRecord]
	versions *cache[versionKey, models.FormVersion]
	routing  *cache[string, models.Routing]
	keys     *cache[string, models.Key]
	listener listener
}

type versionKey struct {
	form    string
	version int
}

// routingRow is the id of the one row.
const routingRow = "1"

// Cached puts a cache in front of the store; databaseURL is the store's own.
func (s *Store) Cached(databaseURL string, log *slog.Logger) (*Cached, error) {
	config, err := pgx.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	c := &Cached{
		Store: s,
		forms: newCache(cachedForms, s.Form),
		versions: newCache(cachedVersions, func(ctx context.Context, key versionKey) (models.FormVersion, error) {
			return s.FormVersion(ctx, key.form, key.version)
		}),
		routing: newCache(1, func(ctx context.Context, _ string) (models.Routing, error) { return s.Routing(ctx) }),
		keys:    newCache(cachedKeys, s.KeyByHash),
	}
	c.versions.hearing(true) // they never change
	c.keys.away, c.routing.away = c.forms.away, c.forms.away
	c.listener = listener{config: config, log: log, audience: c, heartbeat: heartbeat}
	return c, nil
}

// Run hears of changes until ctx ends. Trouble with the database is waited out.
// Call it once.
func (c *Cached) Run(ctx context.Context) { c.listener.run(ctx) }

// Form reads a form at its newest version, as Store.Form does.
func (c *Cached) Form(ctx context.Context, id string) (FormRecord, error) {
	return c.forms.get(ctx, id)
}

// FormVersion reads one version of a form's definition. It is kept when the
// form is deleted: leads of it may be on their way.
func (c *Cached) FormVersion(ctx context.Context, id string, version int) (models.FormVersion, error) {
	return c.versions.get(ctx, versionKey{id, version})
}

// Routing reads how leads are routed.
func (c *Cached) Routing(ctx context.Context) (models.Routing, error) {
	return c.routing.get(ctx, routingRow)
}

// KeyByHash reads a key as Store.KeyByHash does; LastUsedAt is of whenever it was
// read.
func (c *Cached) KeyByHash(ctx context.Context, hash string) (models.Key, error) {
	return c.keys.get(ctx, hash)
}

func (c *Cached) hearing(on bool) {
	c.forms.hearing(on)
	c.routing.hearing(on)
	c.keys.hearing(on)
}

func (c *Cached) heard(what change) {
	switch what.Table {
	case "forms":
		c.forms.changed(what.ID)
	case "routing":
		c.routing.changed(what.ID)
	case "keys":
		c.keys.changed(what.ID)
	}
}

// Direct is the store for those who change what is cached: they read past the
// cache, and it knows of their changes when they return, so that the next lead
// of this process meets the new form. An error counts as well: the answer to a
// commit may have been lost.
type Direct struct {
	*Store
	cached *Cached
}

// Direct returns the store beneath the cache.
func (c *Cached) Direct() Direct { return Direct{Store: c.Store, cached: c} }

// ReplaceForm is Store.ReplaceForm.
func (d Direct) ReplaceForm(ctx context.Context, record FormRecord) error {
	defer d.cached.forms.changed(record.Form.ID)
	return d.Store.ReplaceForm(ctx, record)
}

// DeleteForm is Store.DeleteForm.
func (d Direct) DeleteForm(ctx context.Context, id string, version int, at time.Time) error {
	defer d.cached.forms.changed(id)
	return d.Store.DeleteForm(ctx, id, version, at)
}

// SaveRouting is Store.SaveRouting.
func (d Direct) SaveRouting(ctx context.Context, routing models.Routing) error {
	defer d.cached.routing.changed(routingRow)
	return d.Store.SaveRouting(ctx, routing)
}

// RevokeKey is Store.RevokeKey.
func (d Direct) RevokeKey(ctx context.Context, id string, at time.Time) (models.Key, error) {
	key, err := d.Store.RevokeKey(ctx, id, at)
	d.cached.keys.changed(key.Hash)
	return key, err
}
