package store

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"leadrail/models"
)

// CreateKey stores a new key.
func (s *Store) CreateKey(ctx context.Context, key models.Key) error {
	return wrap(s.db.WithContext(ctx).Create(&key).Error, "write key")
}

// Key reads a key.
func (s *Store) Key(ctx context.Context, id string) (models.Key, error) {
	return takeKey(s.db.WithContext(ctx), "id = ?", id)
}

// KeyByHash reads the key of a hash, in hex.
func (s *Store) KeyByHash(ctx context.Context, hash string) (models.Key, error) {
	return takeKey(s.db.WithContext(ctx), "hash = ?", hash)
}

func takeKey(db *gorm.DB, condition, value string) (models.Key, error) {
	var key models.Key
	if err := db.Take(&key, condition, value).Error; err != nil {
		return models.Key{}, read(err, "key")
	}
	return key, nil
}

// KeyFilter selects a page of keys.
type KeyFilter struct {
	// Before, when set, is the id that the page continues after: newest first.
	Before string
	// Limit is the size of the page; it must be positive.
	Limit int
}

// Keys reads a page of keys, newest first, those that work no more included.
func (s *Store) Keys(ctx context.Context, filter KeyFilter) ([]models.Key, error) {
	query := whereSet(s.db.WithContext(ctx), "id < ?", filter.Before).Order("id DESC").Limit(filter.Limit)
	var keys []models.Key
	err := query.Find(&keys).Error
	return keys, wrap(err, "read keys")
}

// RevokeKey ends a key for good and returns it, also where the change failed.
// One that was revoked already keeps its time.
func (s *Store) RevokeKey(ctx context.Context, id string, at time.Time) (models.Key, error) {
	key, err := s.Key(ctx, id)
	if err != nil || key.RevokedAt != nil {
		return key, err
	}
	err = s.db.WithContext(ctx).Model(&models.Key{}).
		Where("id = ? AND revoked_at IS NULL", id).Update("revoked_at", at).Error
	key.RevokedAt = &at
	return key, wrap(err, "revoke key")
}

// TouchKeys notes when each key, by id, was used last. No time moves backwards.
func (s *Store) TouchKeys(ctx context.Context, used map[string]time.Time) error {
	encoded, err := json.Marshal(used)
	if err != nil {
		return err
	}
	err = s.db.WithContext(ctx).Exec(`
		UPDATE keys SET last_used_at = GREATEST(last_used_at, used.at::timestamptz)
		FROM jsonb_each_text(?::jsonb) AS used (id, at) WHERE keys.id = used.id`, string(encoded)).Error
	return wrap(err, "note the use of keys")
}
