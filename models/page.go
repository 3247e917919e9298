package models

import (
	"encoding/base64"
	"encoding/json"
)

// Sizes of a page.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// Page is one page of a list. NextCursor is null on the last page.
type Page[T any] struct {
	Data       []T     `json:"data"`
	NextCursor *string `json:"nextCursor"`
}

// CheckLimit returns the size of the page that a caller asked for; 0 means
// DefaultLimit.
func CheckLimit(limit int) (int, error) {
	if limit == 0 {
		return DefaultLimit, nil
	}
	if limit < 0 || limit > MaxLimit {
		return 0, InvalidField("limit", "range", "A limit is between 1 and 200.")
	}
	return limit, nil
}

// NewPage makes a page of at most limit rows out of one row more, which tells
// whether there is a next page. The cursor is made of the page's last row.
func NewPage[Row, T, Cursor any](rows []Row, limit int, show func(Row) T, cursor func(Row) Cursor) (Page[T], error) {
	page := Page[T]{Data: make([]T, 0, min(len(rows), limit))}
	for _, row := range rows[:min(len(rows), limit)] {
		page.Data = append(page.Data, show(row))
	}
	if len(rows) <= limit {
		return page, nil
	}
	encoded, err := json.Marshal(cursor(rows[limit-1]))
	if err != nil {
		return Page[T]{}, err
	}
	next := base64.RawURLEncoding.EncodeToString(encoded)
	page.NextCursor = &next
	return page, nil
}

// ReadCursor decodes what NewPage made, and nil for the empty cursor.
func ReadCursor[Cursor any](text string) (*Cursor, error) {
	if text == "" {
		return nil, nil //nolint:nilnil // the first page has no cursor
	}
	var cursor Cursor
	decoded, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(decoded, &cursor)
	}
	if err != nil {
		return nil, InvalidField("cursor", "invalid", "Send nextCursor of the page before, unchanged.")
	}
	return &cursor, nil
}
