package auth

import (
	"context"
	"time"

	"leadrail/internal/id"
	"leadrail/internal/store"
	"leadrail/models"
)

// KeyStore keeps keys.
type KeyStore interface {
	CreateKey(ctx context.Context, key models.Key) error
	Key(ctx context.Context, id string) (models.Key, error)
	Keys(ctx context.Context, filter store.KeyFilter) ([]models.Key, error)
	RevokeKey(ctx context.Context, id string, at time.Time) (models.Key, error)
}

// Keys is the use cases of keys. It is safe for concurrent use.
type Keys struct {
	Store KeyStore
	Now   func() time.Time
}

// KeyInput is a key as its maker asks for it.
type KeyInput struct {
	// Name is for people: 1 to 100 characters on one line.
	Name   string         `json:"name"`
	Scopes []models.Scope `json:"scopes"`
	// Kind is models.KeySecret when absent.
	Kind models.KeyKind `json:"kind"`
	// AgentIDs bind the key to agents; none is all. A key with the scope admin
	// is never bound.
	AgentIDs []string `json:"agentIds"`
	// Origins are where a publishable key works; a secret one has none.
	Origins []string `json:"origins"`
	// ExpiresAt is in the future, or absent for never.
	ExpiresAt *models.Timestamp `json:"expiresAt"`
}

// KeyView is a key as its readers see it.
type KeyView struct {
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	Kind       models.KeyKind    `json:"kind"`
	Scopes     []models.Scope    `json:"scopes"`
	AgentIDs   []string          `json:"agentIds"`
	Origins    []string          `json:"origins"`
	CreatedAt  models.Timestamp  `json:"createdAt"`
	ExpiresAt  *models.Timestamp `json:"expiresAt"`
	RevokedAt  *models.Timestamp `json:"revokedAt"`
	LastUsedAt *models.Timestamp `json:"lastUsedAt"`
}

// Target is the key's id.
func (v KeyView) Target() string { return v.ID }

// NewKeyView is a key just made, with what its holder authenticates with. That
// is shown here and never again.
type NewKeyView struct {
	KeyView

	Secret string `json:"secret"`
}

// CreateKey makes a key. Errors are invalid, one problem per field.
func (k *Keys) CreateKey(ctx context.Context, in KeyInput) (NewKeyView, error) {
	now := k.Now().UTC()
	key, err := in.key(now)
	if err != nil {
		return NewKeyView{}, err
	}
	secret := NewKey()
	key.ID, key.Hash, key.CreatedAt = id.New(id.Key), Hash(secret), now
	if err := k.Store.CreateKey(ctx, key); err != nil {
		return NewKeyView{}, err
	}
	return NewKeyView{KeyView: viewKey(key), Secret: secret}, nil
}

// KeyRef names a key.
type KeyRef struct {
	ID string `json:"-" uri:"id"`
}

// Key reads a key, also one that works no more.
func (k *Keys) Key(ctx context.Context, ref KeyRef) (KeyView, error) {
	key, err := k.Store.Key(ctx, ref.ID)
	if err != nil {
		return KeyView{}, err
	}
	return viewKey(key), nil
}

// KeyListInput selects a page of keys.
type KeyListInput struct {
	Limit  int    `form:"limit"`
	Cursor string `form:"cursor"`
}

// Keys lists keys, newest first, those that work no more included.
func (k *Keys) Keys(ctx context.Context, in KeyListInput) (models.Page[KeyView], error) {
	limit, before, err := readPage(in.Limit, in.Cursor)
	if err != nil {
		return models.Page[KeyView]{}, err
	}
	rows, err := k.Store.Keys(ctx, store.KeyFilter{Before: before, Limit: limit + 1})
	if err != nil {
		return models.Page[KeyView]{}, err
	}
	return models.NewPage(rows, limit, viewKey, func(last models.Key) string { return last.ID })
}

// RevokeKey ends a key for good: in this process now, in others a few
// milliseconds later. One that was revoked already stays so.
func (k *Keys) RevokeKey(ctx context.Context, ref KeyRef) error {
	_, err := k.Store.RevokeKey(ctx, ref.ID, k.Now().UTC())
	return err
}

// readPage reads where a page of things begins, newest first; "" is the first.
func readPage(asked int, cursor string) (limit int, before string, err error) {
	if limit, err = models.CheckLimit(asked); err != nil {
		return 0, "", err
	}
	last, err := models.ReadCursor[string](cursor)
	if err != nil || last == nil {
		return limit, "", err
	}
	return limit, *last, nil
}

func viewKey(key models.Key) KeyView {
	return KeyView{
		ID:         key.ID,
		Name:       key.Name,
		Kind:       key.Kind,
		Scopes:     key.Scopes,
		AgentIDs:   key.AgentIDs,
		Origins:    key.Origins,
		CreatedAt:  models.At(key.CreatedAt),
		ExpiresAt:  models.AtOrNil(key.ExpiresAt),
		RevokedAt:  models.AtOrNil(key.RevokedAt),
		LastUsedAt: models.AtOrNil(key.LastUsedAt),
	}
}
