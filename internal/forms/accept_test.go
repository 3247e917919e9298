package forms_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

// definition decodes a form definition.
func definition(t testing.TB, fields string) models.FormDefinition {
	t.Helper()
	return models.FormDefinition{Fields: inputOf(t, `{"fields":`+fields+`}`).Fields}
}

// accept asks what becomes of data, and fails when it has problems.
func accept(t *testing.T, definition models.FormDefinition, answers forms.Answers) forms.Accepted {
	t.Helper()
	accepted, problems := forms.Accept(definition, answers)
	require.Empty(t, problems)
	return accepted
}

const mixedFields = `[
	{"name":"email","label":"Work email","type":"email"},
	{"name":"seats","type":"number","validation":{"required":{"value":true}}},
	{"name":"tools","type":"multiselect","options":[{"value":"a"},{"value":"b"}],"validation":{"required":{"value":true,"message":"Pick a tool"}}},
	{"name":"note","type":"textarea","validation":{"required":{"value":false}}}]`

func TestWhatIsNotGiven(t *testing.T) {
	t.Parallel()
	form := definition(t, mixedFields)
	for _, nothing := range []string{`{}`, `{"seats":null,"tools":null}`, `{"seats":"","tools":""}`, `{"seats":[],"tools":[],"email":[],"note":[]}`} {
		accepted, problems := forms.Accept(form, forms.Answers{Data: object(t, nothing)})
		require.Empty(t, cmp.Diff([]models.FieldError{
			{Field: "formData.seats", Code: "required", Message: "seats is required."},
			{Field: "formData.tools", Code: "required", Message: "Pick a tool"},
		}, problems))
		require.Equal(t, forms.Accepted{Data: map[string]any{}, Completed: []string{}}, accepted)
	}
	accepted := accept(t, form, forms.Answers{Data: object(t, `{"seats":0,"tools":["a"],"note":"","email":null}`)})
	require.Equal(t, object(t, `{"seats":0,"tools":["a"]}`), accepted.Data)
}

func TestWhiteSpaceIsNoAnswerToARequiredField(t *testing.T) {
	t.Parallel()
	for _, blank := range []string{`" "`, `"   "`, `"\t"`, `"\r\n"`, `"\u00a0"`, `"\u3000"`} {
		for _, kind := range []string{"text", "textarea", "email", "tel"} {
			form := definition(t, `[{"name":"it","type":"`+kind+`","validation":{"required":{"value":true,"message":"Please!"}}}]`)
			_, problems := forms.Accept(form, forms.Answers{Data: object(t, `{"it":`+blank+`}`)})
			require.Empty(t, cmp.Diff([]models.FieldError{{Field: "formData.it", Code: "required", Message: "Please!"}}, problems))
		}
		optional := definition(t, `[{"name":"it","type":"text"}]`)
		data := object(t, `{"it":`+blank+`}`)
		require.Equal(t, data, accept(t, optional, forms.Answers{Data: data}).Data, "kept as it is where nothing is required")
	}
	option := definition(t, `[{"name":"it","type":"select","options":[{"value":" "}],"validation":{"required":{"value":true}}}]`)
	accept(t, option, forms.Answers{Data: object(t, `{"it":" "}`)})
}

func TestZeroIsAnAnswer(t *testing.T) {
	t.Parallel()
	form := definition(t, `[{"name":"it","type":"number","validation":{"required":{"value":true}}}]`)
	for _, zero := range []string{`0`, `-0`, `0.0`, `0e9`} {
		data := object(t, `{"it":`+zero+`}`)
		require.Equal(t, data, accept(t, form, forms.Answers{Data: data}).Data)
	}
	_, problems := forms.Accept(form, forms.Answers{Data: object(t, `{"it":false}`)})
	require.Len(t, problems, 1)
	require.Equal(t, "type", problems[0].Code, "false is an answer, but no number")
}

func TestUnknownFieldsAreNamedInOrder(t *testing.T) {
	t.Parallel()
	_, problems := forms.Accept(definition(t, `[{"name":"email","type":"email"}]`), forms.Answers{
		Data: object(t, `{"zip":"1","Email":"a@b.co","email":"no"}`), Completed: []string{"email", "fax", "email", ""},
	})
	require.Empty(t, cmp.Diff([]models.FieldError{
		{Field: "formData.Email", Code: "unknown_field", Message: `The form has no field "Email"; did you mean "email"?`},
		{Field: "formData.zip", Code: "unknown_field", Message: `The form has no field "zip".`},
		{Field: "formData.email", Code: "email", Message: "email is an e-mail address such as ada@example.com."},
		{Field: "fieldsCompleted[1]", Code: "unknown_field", Message: `The form has no field "fax".`},
		{Field: "fieldsCompleted[3]", Code: "unknown_field", Message: `The form has no field "".`},
	}, problems))
}

func TestMessagesAreTheAuthorsOrMadeOfTheLabel(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ field, value, message string }{
		"a number too low":          {`"type":"number","validation":{"min":{"value":0.5}}`, `0`, "Seats is at least 0.5."},
		"a number too high":         {`"type":"number","validation":{"max":{"value":1e7}}`, `1e8`, "Seats is at most 10000000."},
		"a text too short":          {`"type":"text","validation":{"minLength":{"value":2}}`, `"a"`, "Seats has at least 2 characters."},
		"a text too long":           {`"type":"text","validation":{"maxLength":{"value":2}}`, `"abc"`, "Seats has at most 2 characters."},
		"the author's on low":       {`"type":"number","validation":{"min":{"value":1,"message":"More!"}}`, `0`, "More!"},
		"the author's on high":      {`"type":"number","validation":{"max":{"value":1,"message":"Less!"}}`, `2`, "Less!"},
		"the author's on short":     {`"type":"text","validation":{"minLength":{"value":2,"message":"Longer!"}}`, `"a"`, "Longer!"},
		"the author's on long":      {`"type":"text","validation":{"maxLength":{"value":2,"message":"Shorter!"}}`, `"abc"`, "Shorter!"},
		"the author's on absence":   {`"type":"text","validation":{"required":{"value":true,"message":"Please!"}}`, `null`, "Please!"},
		"not the author's on types": {`"type":"number","validation":{"min":{"value":1,"message":"More!"}}`, `"x"`, "Seats is a number."},
		"a text":                    {`"type":"text"`, `1`, "Seats is a text."},
		"a phone number":            {`"type":"tel"`, `"x"`, "Seats is a phone number such as +49 30 1234567."},
		"a date and a time":         {`"type":"datetime"`, `"x"`, "Seats is a date and a time such as 2026-11-22T09:30."},
		"a file":                    {`"type":"file"`, `"x"`, "Seats is the id of an uploaded file."},
		"an image":                  {`"type":"image"`, `"x"`, "Seats is the id of an uploaded file."},
		"a pattern":                 {`"type":"text","validation":{"pattern":{"value":"[A-Z]\\d"}}`, `"x"`, "Seats matches the pattern `[A-Z]\\d`."},
		"the author's on a pattern": {`"type":"text","validation":{"pattern":{"value":"[A-Z]","message":"A capital!"}}`, `"x"`, "A capital!"},
		"the name, where no label":  {`"type":"number","label":""`, `"x"`, "seats is a number."},
		"a date":                    {`"type":"date"`, `"x"`, "Seats is a date such as 2026-11-22."},
		"an option":                 {`"type":"select","options":[{"value":"a"}]`, `"b"`, "Seats is one of the options."},
		"a list":                    {`"type":"multiselect","options":[{"value":"a"}]`, `"a"`, "Seats is a list of options."},
		"a list of texts":           {`"type":"multiselect","options":[{"value":"1"}]`, `[1]`, "Seats is a list of options, which are texts."},
		"a list with repeats":       {`"type":"multiselect","options":[{"value":"a"}]`, `["a","a"]`, "Seats has an option twice."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			form := definition(t, `[{"name":"seats","label":"Seats",`+c.field+`}]`)
			_, problems := forms.Accept(form, forms.Answers{Data: object(t, `{"seats":`+c.value+`}`)})
			require.Len(t, problems, 1)
			require.Equal(t, c.message, problems[0].Message)
		})
	}
}

func TestCompleted(t *testing.T) {
	t.Parallel()
	form := definition(t, `[{"name":"a","type":"text"},{"name":"b","type":"text"},
		{"name":"c","type":"text","visibleWhen":{"field":"a","op":"eq","value":"show"}}]`)
	for name, c := range map[string]struct {
		data    string
		claimed []string
		want    []string
	}{
		"those with a value, in the form's order": {`{"c":"3","b":"2","a":"show"}`, nil, []string{"a", "b", "c"}},
		"none with a value":                       {`{"a":""}`, nil, []string{}},
		"as claimed, in the caller's order":       {`{"a":"1"}`, []string{"b", "a"}, []string{"b", "a"}},
		"a claim of nothing":                      {`{"a":"1"}`, []string{}, []string{}},
		"a value in a hidden field":               {`{"a":"hide","c":"3"}`, nil, []string{"a"}},
		"a claim of a hidden field":               {`{"a":"hide"}`, []string{"c", "a"}, []string{"a"}},
		"a claim of nothing but hidden fields":    {`{}`, []string{"c"}, []string{}},
		"a claim of a shown field":                {`{"a":"show"}`, []string{"c", "a"}, []string{"c", "a"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			accepted := accept(t, form, forms.Answers{Data: object(t, c.data), Completed: c.claimed})
			require.Equal(t, c.want, accepted.Completed)
		})
	}
}
