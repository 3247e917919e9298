package forms

// truth is a condition as two schemas of the form data: where the one refuses, the
// condition does not hold; where the other takes, it holds. They are the same
// schema for a condition that form data alone decides.
type truth struct{ may, must *JSONSchema }

// verdict is one of the schemas true and false.
func verdict(takes bool) *JSONSchema { return &JSONSchema{verdict: &takes} }

func known(holds bool) truth { return told(verdict(holds)) }

func told(schema *JSONSchema) truth { return truth{schema, schema} }

// undecided is a condition of which nothing can be told.
func undecided() truth { return truth{may: verdict(true), must: verdict(false)} }

func (s *JSONSchema) known() bool { return s.verdict != nil }

func (s *JSONSchema) is(takes bool) bool { return s.verdict != nil && *s.verdict == takes }

// negated is the opposite of a schema.
func negated(s *JSONSchema) *JSONSchema {
	switch {
	case s.known():
		return verdict(!*s.verdict)
	case s.Not != nil && len(s.AllOf)+len(s.AnyOf)+len(s.Properties) == 0:
		return s.Not
	default:
		return &JSONSchema{Not: s}
	}
}

func (t truth) negated() truth {
	if t.may == t.must {
		return told(negated(t.may))
	}
	return truth{may: negated(t.must), must: negated(t.may)}
}

// every takes what each of the schemas takes.
func every(schemas []*JSONSchema) *JSONSchema {
	var open []*JSONSchema
	for _, schema := range schemas {
		if schema.is(false) {
			return schema
		}
		if !schema.known() {
			open = append(open, schema)
		}
	}
	switch len(open) {
	case 0:
		return verdict(true)
	case 1:
		return open[0]
	}
	return &JSONSchema{AllOf: open}
}

// some takes what one of the schemas takes.
func some(schemas []*JSONSchema) *JSONSchema {
	var open []*JSONSchema
	for _, schema := range schemas {
		if schema.is(true) {
			return schema
		}
		if !schema.known() {
			open = append(open, schema)
		}
	}
	switch len(open) {
	case 0:
		return verdict(false)
	case 1:
		return open[0]
	}
	return &JSONSchema{AnyOf: open}
}

// joined joins truths by every or some.
func joined(join func([]*JSONSchema) *JSONSchema, truths ...truth) truth {
	var may, must []*JSONSchema
	same := true
	for _, t := range truths {
		may, must = append(may, t.may), append(must, t.must)
		same = same && t.may == t.must
	}
	if same {
		return told(join(may))
	}
	return truth{join(may), join(must)}
}
