package forms_test

import (
	"strings"
	"testing"
)

// deep nests a comparison in so many negations.
func deep(levels int) string {
	return strings.Repeat(`{"not":`, levels) + `{"field":"email","op":"exists"}` + strings.Repeat(`}`, levels)
}

func TestVisibility(t *testing.T) {
	t.Parallel()
	field := func(condition string) string {
		return `{"fields":[{"name":"email","type":"email"},{"name":"plan","type":"select","options":[{"value":"pro"}]},
			{"name":"note","type":"text","visibleWhen":` + condition + `}],"postActions":[]}`
	}
	at := func(rest string) []string { return []string{"fields[2].visibleWhen" + rest} }
	refusals{
		"always":                      {field(`null`), nil},
		"an earlier field":            {field(`{"field":"plan","op":"eq","value":"pro"}`), nil},
		"a signal":                    {field(`{"field":"signals.intent","op":"eq","value":"buy"}`), nil},
		"a group":                     {field(`{"all":[{"field":"plan","op":"exists"},{"not":{"field":"email","op":"matches","value":"@example\\.net$"}}]}`), nil},
		"the deepest":                 {field(deep(7)), nil},
		"too deep":                    {field(deep(8)), at(strings.Repeat(".not", 8) + " max_depth")},
		"too many parts":              {field(`{"any":[` + repeated(100, `{"field":"email","op":"eq","value":"%d"}`) + `]}`), at(".any[99] max_items")},
		"nothing":                     {field(`{}`), at(" required")},
		"an empty group":              {field(`{"all":[]}`), at(".all required")},
		"two forms":                   {field(`{"field":"email","op":"exists","not":{"field":"email","op":"exists"}}`), at(" ambiguous")},
		"no field":                    {field(`{"op":"exists"}`), at(".field required")},
		"no operator":                 {field(`{"field":"email"}`), at(".op required")},
		"no value":                    {field(`{"field":"email","op":"eq"}`), at(".value required")},
		"an unknown field":            {field(`{"any":[{"field":"emial","op":"exists"}]}`), at(".any[0].field unknown_field")},
		"the outcome":                 {field(`{"field":"score","op":"gt","value":1}`), at(".field unavailable")},
		"an operator of others":       {field(`{"field":"email","op":"gt","value":1}`), at(".op unsupported")},
		"a value of another type":     {field(`{"field":"email","op":"eq","value":1}`), at(".value type")},
		"no option":                   {field(`{"field":"plan","op":"in","value":["pro","free"]}`), at(".value[1] option")},
		"a bad pattern":               {field(`{"field":"email","op":"matches","value":"("}`), at(".value pattern")},
		"a value too long":            {field(`{"field":"email","op":"eq","value":"` + strings.Repeat("x", 1001) + `"}`), at(".value max_length")},
		"itself":                      {field(`{"field":"note","op":"exists"}`), at(" cycle")},
		"U+0000 in a value":           {field(`{"not":{"field":"email","op":"eq","value":"\u0000"}}`), at(".not.value invalid")},
		"U+0000 in a list of values":  {field(`{"all":[{"field":"email","op":"in","value":["a","\u0000"]}]}`), at(".all[0].value[1] invalid")},
		"U+0000 in the name":          {field(`{"any":[{"field":"signals.\u0000","op":"exists"}]}`), at(".any[0].field invalid")},
		"U+0000 by escape of the RE2": {field(`{"field":"email","op":"matches","value":"\\x00"}`), nil},
		"one another": {
			`{"fields":[{"name":"email","type":"email"},{"name":"seats","type":"number","visibleWhen":{"field":"plan","op":"exists"}},
				{"name":"plan","type":"text","visibleWhen":{"field":"seats","op":"exists"}}]}`,
			[]string{"fields[1].visibleWhen cycle", "fields[2].visibleWhen cycle"},
		},
	}.check(t)
}

func TestQualification(t *testing.T) {
	t.Parallel()
	rules := func(list string) string { return `{"qualification":{"rules":[` + list + `]}}` }
	tiers := func(list string) string { return `{"qualification":{"tiers":[` + list + `]}}` }
	const always = `"when":{"field":"email","op":"exists"}`
	refusals{
		"nothing in it":            {`{"qualification":{}}`, nil},
		"a rule":                   {rules(`{"name":"Has mail","points":-5,` + always + `}`), nil},
		"a rule without a name":    {rules(`{"points":1,` + always + `}`), []string{"qualification.rules[0].name required"}},
		"a name twice":             {rules(`{"name":"a",` + always + `},{"name":"a",` + always + `}`), []string{"qualification.rules[1].name duplicate"}},
		"a name too long":          {rules(`{"name":"` + strings.Repeat("é", 101) + `",` + always + `}`), []string{"qualification.rules[0].name max_length"}},
		"a name with U+0000":       {rules(`{"name":"\u0000",` + always + `}`), []string{"qualification.rules[0].name invalid"}},
		"too many points":          {rules(`{"name":"a","points":10001,` + always + `}`), []string{"qualification.rules[0].points range"}},
		"no condition":             {rules(`{"name":"a","points":1}`), []string{"qualification.rules[0].when required"}},
		"the outcome":              {rules(`{"name":"a","when":{"field":"tier","op":"exists"}}`), []string{"qualification.rules[0].when.field unavailable"}},
		"U+0000 in a condition":    {rules(`{"name":"a","when":{"field":"email","op":"contains","value":"\u0000"}}`), []string{"qualification.rules[0].when.value invalid"}},
		"too many rules":           {rules(repeated(201, `{"name":"r%d",`+always+`}`)), []string{"qualification.rules max_items"}},
		"tiers in any order":       {tiers(`{"name":"cold","min":0},{"name":"hot","min":9}`), nil},
		"a tier without a name":    {tiers(`{"min":0}`), []string{"qualification.tiers[0].name required"}},
		"a tier twice":             {tiers(`{"name":"a","min":0},{"name":"a","min":1}`), []string{"qualification.tiers[1].name duplicate"}},
		"a bound twice":            {tiers(`{"name":"a","min":0},{"name":"b","min":0}`), []string{"qualification.tiers[1].min duplicate"}},
		"a tier with U+0000":       {tiers(`{"name":"\u0000","min":0}`), []string{"qualification.tiers[0].name invalid"}},
		"a tier out of reach":      {tiers(`{"name":"a","min":2000001}`), []string{"qualification.tiers[0].min range"}},
		"a threshold out of reach": {`{"qualification":{"qualifiedFrom":-2000001}}`, []string{"qualification.qualifiedFrom range"}},
	}.check(t)
}

func TestConditionsOfActions(t *testing.T) {
	t.Parallel()
	when := func(condition string) string {
		return `{"postActions":[{"type":"email","toTeam":true,"when":` + condition + `}]}`
	}
	refusals{
		"always":                    {when(`null`), nil},
		"a field":                   {when(`{"field":"plan","op":"eq","value":"pro"}`), nil},
		"a signal":                  {when(`{"field":"signals.intent","op":"eq","value":"buy"}`), nil},
		"the score":                 {when(`{"field":"score","op":"gte","value":70}`), nil},
		"whether it is qualified":   {when(`{"field":"qualified","op":"eq","value":true}`), nil},
		"a tier":                    {when(`{"field":"tier","op":"eq","value":"hot"}`), nil},
		"an unknown tier":           {when(`{"field":"tier","op":"eq","value":"warm"}`), []string{"postActions[0].when.value option"}},
		"an unknown field":          {when(`{"field":"zip","op":"exists"}`), []string{"postActions[0].when.field unknown_field"}},
		"U+0000":                    {when(`{"field":"email","op":"eq","value":"\u0000"}`), []string{"postActions[0].when.value invalid"}},
		"of the form's own webhook": {`{"webhook":{"url":"https://crm.example.com","when":{"field":"zip","op":"exists"}}}`, []string{"webhook.when.field unknown_field"}},
		"a tier where there are none": {
			`{"qualification":null,"postActions":[{"type":"email","toTeam":true,"when":{"field":"tier","op":"eq","value":"hot"}}]}`,
			[]string{"postActions[0].when.value option"},
		},
		"beside a type of nobody": {
			`{"postActions":[{"type":"fax","when":{"op":"exists"}}]}`,
			[]string{"postActions[0].type unsupported", "postActions[0].when.field required"},
		},
	}.check(t)
}
