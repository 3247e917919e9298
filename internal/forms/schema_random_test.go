package forms_test

import (
	"math/rand/v2"

	"leadrail/internal/forms"
	"leadrail/models"
)

// maker makes forms and data at random, the same for the same seed. What it makes
// is small and alike, so that values meet the bounds and conditions that are
// about them.
type maker struct{ *rand.Rand }

func newMaker(seed uint64) maker { return maker{rand.New(rand.NewPCG(seed, 0))} }

func pick[T any](m maker, from ...T) T { return from[m.IntN(len(from))] }

func (m maker) chance(percent int) bool { return m.IntN(100) < percent }

// definition is one that can be saved. It and the conditions of its fields are made
// anew until it is.
func (m maker) definition() models.FormDefinition {
	for {
		fields := make([]models.Field, 1+m.IntN(5))
		for i := range fields {
			fields[i] = m.field(string(rune('a' + i)))
		}
		for i := range fields {
			if m.chance(60) {
				condition := m.condition(fields, 3)
				fields[i].VisibleWhen = &condition
			}
		}
		if len(forms.CheckFieldsAndConditions(fields)) == 0 {
			return models.FormDefinition{Fields: fields}
		}
	}
}

func (m maker) field(name string) models.Field {
	field := models.Field{Name: name, Type: pick(m, models.FieldTypes()...)}
	bounds := &field.Validation
	if m.chance(40) {
		bounds.Required = &models.Rule[bool]{Value: m.chance(90)}
	}
	switch field.Type {
	case models.FieldSelect, models.FieldMultiselect:
		for _, value := range []string{"pro", "free", " "}[:1+m.IntN(3)] {
			field.Options = append(field.Options, models.Option{Value: value, Label: "The " + value})
		}
	case models.FieldNumber:
		if m.chance(40) {
			bounds.Min = &models.Rule[float64]{Value: pick(m, -1.5, 0, 5)}
		}
		if m.chance(40) {
			bounds.Max = &models.Rule[float64]{Value: pick(m, 5, 20.25, 1e300)}
		}
	case models.FieldTel:
		field.Region = pick(m, "", "", "DE", "US")
		m.text(bounds, pick(m, `\+49.*`, `[-+\d ()]+`))
	case models.FieldEmail:
		m.text(bounds, pick(m, `.*@example\.com`, `(?i)a.*`))
	case models.FieldText, models.FieldTextarea:
		m.text(bounds, pick(m, `[A-Z]{2}\d+`, `(?i)straße|pro`, `\S+`, `(\p{L}|\s)*`, `.*`, `^pro$|^\w+\b.$`, `[^a-z]{1,2}?x??`))
	case models.FieldDate, models.FieldDatetime, models.FieldFile, models.FieldImage:
	}
	return field
}

func (m maker) text(bounds *models.Validation, pattern string) {
	if m.chance(30) {
		bounds.MinLength = &models.Rule[int]{Value: pick(m, 0, 1, 3)}
	}
	if m.chance(30) {
		bounds.MaxLength = &models.Rule[int]{Value: pick(m, 3, 6, 40)}
	}
	if m.chance(30) {
		bounds.Pattern = &models.PatternRule{Value: pattern}
	}
}

func (m maker) condition(fields []models.Field, depth int) models.Condition {
	if depth > 0 && m.chance(30) {
		switch part := m.condition(fields, depth-1); m.IntN(3) {
		case 0:
			return models.Condition{Not: &part}
		case 1:
			return models.Condition{All: []models.Condition{part, m.condition(fields, depth-1)}}
		default:
			return models.Condition{Any: []models.Condition{part, m.condition(fields, depth-1)}}
		}
	}
	if m.chance(15) {
		return pick(m,
			models.Condition{Field: "signals.intent", Op: models.OpEq, Value: "buy"},
			models.Condition{Field: "signals.n", Op: models.OpGte, Value: 3.0},
			models.Condition{Field: "signals.intent", Op: models.OpExists, Value: false},
		)
	}
	return m.comparison(pick(m, fields...))
}

// comparison fits its field; where it does not, the form cannot be saved.
func (m maker) comparison(field models.Field) models.Condition {
	c := models.Condition{Field: field.Name, Op: pick(m, operatorsOf(field.Type)...)}
	switch c.Op {
	case models.OpExists:
		c.Value = pick[any](m, nil, true, false)
	case models.OpIn, models.OpNotIn:
		c.Value = []any{m.operand(field), m.operand(field)}
	case models.OpMatches:
		c.Value = pick(m, `^p`, `o$`, `(?i)PRO|\d`, `\bx`, `[^a-z]`, `.`)
	case models.OpEq, models.OpNe, models.OpContains, models.OpGt, models.OpGte, models.OpLt, models.OpLte:
		c.Value = m.operand(field)
	}
	return c
}

func operatorsOf(kind models.FieldType) []models.Operator {
	switch kind {
	case models.FieldFile, models.FieldImage:
		return []models.Operator{models.OpExists}
	case models.FieldMultiselect:
		return []models.Operator{models.OpContains, models.OpIn, models.OpNotIn, models.OpExists}
	case models.FieldSelect:
		return []models.Operator{models.OpEq, models.OpNe, models.OpIn, models.OpNotIn, models.OpExists, models.OpMatches}
	case models.FieldNumber, models.FieldDate:
		return []models.Operator{
			models.OpEq, models.OpNe, models.OpIn, models.OpNotIn, models.OpExists, models.OpGt, models.OpGte, models.OpLt, models.OpLte,
		}
	case models.FieldDatetime: // without order, which a schema cannot tell
		return []models.Operator{models.OpEq, models.OpNe, models.OpIn, models.OpNotIn, models.OpExists}
	default:
		return []models.Operator{
			models.OpEq, models.OpNe, models.OpIn, models.OpNotIn, models.OpExists, models.OpContains, models.OpMatches,
		}
	}
}

func (m maker) operand(field models.Field) any {
	switch field.Type {
	case models.FieldNumber:
		return pick(m, 0, 5, 20.25, -1.5)
	case models.FieldDate:
		return pick(m, "2026-11-22", "2026-11-22T09:30Z", "2024-02-29T23:30-05:00", "9999-12-31T23:59-01:00", "0000-01-01T00:00+01:00")
	case models.FieldDatetime:
		return pick(m, "2026-11-24T10:30", "2026-11-24T10:30:00Z", "2026-11-24")
	default:
		return pick(m, "pro", "free", "O", "k", "ß", "i", "x.")
	}
}

// data fills in a form: well, badly, or not at all.
func (m maker) data(form models.FormDefinition) map[string]any {
	data := map[string]any{}
	for _, field := range form.Fields {
		if m.chance(85) {
			data[field.Name] = m.value(field)
		}
	}
	if m.chance(2) {
		data["stranger"] = pick[any](m, nil, "x")
	}
	return data
}

func (m maker) value(field models.Field) any {
	if m.chance(8) {
		return pick[any](m, nil, "", []any{}, " ", "\u0085", "\ufeff", false, 0.0, "0", map[string]any{}, []any{nil}, []any{""}, "pro", 7.5)
	}
	switch field.Type {
	case models.FieldNumber:
		return pick[any](m, 0.0, 5.0, 20.25, -1.5, 1e300, -1e300, 5e-324, 4.999999999999999, 9007199254740993.0)
	case models.FieldSelect:
		return pick(m, "pro", "free", " ", "Pro")
	case models.FieldMultiselect:
		return pick(m, []any{"pro"}, []any{"free", "pro"}, []any{"pro", "pro"}, []any{" "}, []any{"x"})
	case models.FieldDate:
		return pick(m, "2026-11-22", "2026-11-23", "2026-11-21", "2024-02-29", "2024-03-01", "9999-12-31", "0000-01-01", "2026-02-29", "2026-1-2", "1900-02-29", "2000-02-29")
	case models.FieldDatetime:
		return pick(m, "2026-11-24T10:30", "2026-11-24T10:30:00Z", "2026-11-24T10:30:59.123+05:30", "2026-11-24", "2026-11-24T24:00", "2026-11-31T10:30",
			"2024-02-29T10:30", "2026-11-24T10:30+24:00", "2026-11-24T10:30.5")
	case models.FieldFile, models.FieldImage:
		return pick(m, "file_01jd9zk6r5e0cv3n8q2x4w7t1m", "file_01jd9zk6r5e0cv3n8q2x4w7t1m", "file_81jd9zk6r5e0cv3n8q2x4w7t1m", "file_01jd9zk6r5e0cv3n8q2x4w7t1l", "cv.pdf")
	case models.FieldEmail:
		return pick(m, "ada@example.com", "ada@example.org", "Ada@bücher.example", "ada@example", "x", "pro@k.example")
	case models.FieldTel:
		return pick(m, "+49 30 1234567", "030 1234567", "(202) 555-0100", "+1 202 555 0100", "12345", "1234", "1234567890123456", "+", "12+34 567")
	case models.FieldText, models.FieldTextarea:
	}
	return pick(m, "pro", "PRO", "AB12", "free", "x", "two\nlines", "Straße", "STRASSE", "STRAẞE", "\u212a", "İ", "ß", "日本", "🚀🚀🚀", "a b", "\u00a0x.", "_", "x.", "o\n")
}

// signals are what an agent learnt, or nil.
func (m maker) signals() map[string]any {
	return pick(m, nil, map[string]any{"intent": "buy"}, map[string]any{"intent": "", "n": 5.0}, map[string]any{"intent": "browse", "n": "5"})
}
