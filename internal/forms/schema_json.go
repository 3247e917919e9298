package forms

import (
	"bytes"
	"encoding/json"
)

// JSONSchema is a schema of JSON Schema 2020-12, with the keywords that forms need,
// in the order in which a person reads them. The zero JSONSchema takes everything.
type JSONSchema struct {
	Schema      string `json:"$schema,omitempty"`
	ID          string `json:"$id,omitempty"`
	Ref         string `json:"$ref,omitempty"`
	Title       string `json:"title,omitempty"`
	Description string `json:"description,omitempty"`
	Default     any    `json:"default,omitempty"`

	Type  string `json:"type,omitempty"`
	Const any    `json:"const,omitempty"`
	Enum  []any  `json:"enum,omitempty"`

	Format    string `json:"format,omitempty"`
	Pattern   string `json:"pattern,omitempty"`
	MinLength int    `json:"minLength,omitempty"`
	MaxLength *int   `json:"maxLength,omitempty"`

	Minimum          *float64 `json:"minimum,omitempty"`
	ExclusiveMinimum *float64 `json:"exclusiveMinimum,omitempty"`
	Maximum          *float64 `json:"maximum,omitempty"`
	ExclusiveMaximum *float64 `json:"exclusiveMaximum,omitempty"`

	Items       *JSONSchema `json:"items,omitempty"`
	Contains    *JSONSchema `json:"contains,omitempty"`
	MinItems    int         `json:"minItems,omitempty"`
	UniqueItems bool        `json:"uniqueItems,omitempty"`

	Properties Properties `json:"properties,omitempty"`
	Required   []string   `json:"required,omitempty"`
	// Closed refuses properties that are not listed.
	Closed bool `json:"-"`

	AllOf []*JSONSchema `json:"allOf,omitempty"`
	AnyOf []*JSONSchema `json:"anyOf,omitempty"`
	Not   *JSONSchema   `json:"not,omitempty"`
	If    *JSONSchema   `json:"if,omitempty"`
	Then  *JSONSchema   `json:"then,omitempty"`

	Defs Properties `json:"$defs,omitempty"`

	// verdict makes it one of the schemas true and false; nil for all others.
	verdict *bool
}

// MarshalJSON implements json.Marshaler.
func (s *JSONSchema) MarshalJSON() ([]byte, error) {
	if s.verdict != nil {
		return json.Marshal(*s.verdict)
	}
	type plain JSONSchema // without this method
	var additional *bool
	if s.Closed {
		additional = new(bool)
	}
	return marshal(struct {
		*plain

		Additional *bool `json:"additionalProperties,omitempty"`
	}{(*plain)(s), additional})
}

// Properties are schemas by name that keep their order: a model fills in a form as
// a person does, from the top.
type Properties []Property

// Property is one of Properties.
type Property struct {
	Name   string
	Schema *JSONSchema
}

// MarshalJSON implements json.Marshaler.
func (p Properties) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	out.WriteByte('{')
	for i, property := range p {
		if i > 0 {
			out.WriteByte(',')
		}
		name, err := marshal(property.Name)
		if err != nil {
			return nil, err
		}
		schema, err := marshal(property.Schema)
		if err != nil {
			return nil, err
		}
		out.Write(name)
		out.WriteByte(':')
		out.Write(schema)
	}
	out.WriteByte('}')
	return out.Bytes(), nil
}

// marshal leaves "<" and "&" as they are: a model reads them better than escapes.
func marshal(value any) ([]byte, error) {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
