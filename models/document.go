package models

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"log/slog"
)

// Document is a JSON object that a stranger sent: form data, signals, context.
// It is stored as jsonb, and it masks itself in logs because it may hold
// personal data. The zero Document is "absent": NULL in the database and left
// out of answers.
type Document []byte

// NewDocument encodes value.
func NewDocument(value any) (Document, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, fmt.Errorf("encode document: %w", err)
	}
	return Document(bytes.TrimSuffix(buffer.Bytes(), []byte("\n"))), nil
}

// Object decodes d into a map, with numbers as json.Number so that no digit
// is lost. An absent document is an empty map.
func (d Document) Object() (map[string]any, error) {
	object := map[string]any{}
	if len(d) == 0 {
		return object, nil
	}
	decoder := json.NewDecoder(bytes.NewReader(d))
	decoder.UseNumber()
	if err := decoder.Decode(&object); err != nil {
		return nil, fmt.Errorf("decode document: %w", err)
	}
	return object, nil
}

// MarshalJSON implements json.Marshaler.
func (d Document) MarshalJSON() ([]byte, error) {
	if len(d) == 0 {
		return []byte("null"), nil
	}
	return d, nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *Document) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		*d = nil
		return nil
	}
	*d = bytes.Clone(data)
	return nil
}

// Value implements driver.Valuer.
func (d Document) Value() (driver.Value, error) {
	if len(d) == 0 {
		return nil, nil //nolint:nilnil // a NULL column is what driver.Value calls nil
	}
	return string(d), nil
}

// Scan implements sql.Scanner.
func (d *Document) Scan(source any) error {
	switch value := source.(type) {
	case nil:
		*d = nil
	case []byte:
		*d = bytes.Clone(value)
	case string:
		*d = Document(value)
	default:
		return fmt.Errorf("scan document from %T", source)
	}
	return nil
}

// GormDataType names the column type.
func (Document) GormDataType() string { return "jsonb" }

// LogValue implements slog.LogValuer: the size and nothing else.
func (d Document) LogValue() slog.Value {
	return slog.StringValue(fmt.Sprintf("[document, %d bytes]", len(d)))
}
