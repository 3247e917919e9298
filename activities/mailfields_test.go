package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail"
	"leadrail/models"
)

// answering has the form ask the fields, and the lead answer with the data.
func (l *letter) answering(data string, fields ...models.Field) {
	l.job.Definition.Fields, l.job.Submission.FormData = fields, models.Document(data)
}

func TestAnswersInAMail(t *testing.T) {
	t.Parallel()
	colours := []models.Option{{Label: "Deep red", Value: "red"}, {Value: "blue"}}
	for name, c := range map[string]struct {
		field models.Field
		data  string
		want  string
	}{
		"text":                      {models.Field{Type: models.FieldText}, `"<b>Ada</b>"`, "<b>Ada</b>"},
		"lines":                     {models.Field{Type: models.FieldTextarea}, `"one\ntwo"`, "one\ntwo"},
		"nothing":                   {models.Field{Type: models.FieldText}, `""`, ""},
		"a choice":                  {models.Field{Type: models.FieldSelect, Options: colours}, `"red"`, "Deep red"},
		"a choice without a label":  {models.Field{Type: models.FieldSelect, Options: colours}, `"blue"`, "blue"},
		"a choice there is not":     {models.Field{Type: models.FieldSelect, Options: colours}, `"green"`, "green"},
		"choices":                   {models.Field{Type: models.FieldMultiselect, Options: colours}, `["blue","red"]`, "blue, Deep red"},
		"one choice of many":        {models.Field{Type: models.FieldMultiselect, Options: colours}, `["red"]`, "Deep red"},
		"no choice":                 {models.Field{Type: models.FieldMultiselect, Options: colours}, `[]`, ""},
		"zero":                      {models.Field{Type: models.FieldNumber}, `0`, "0"},
		"a number's last zero":      {models.Field{Type: models.FieldNumber}, `-12.50`, "-12.50"},
		"more digits than floats":   {models.Field{Type: models.FieldNumber}, `12345678901234567890.123456789`, "12345678901234567890.123456789"},
		"more than floats can hold": {models.Field{Type: models.FieldNumber}, `1e400`, "1e400"},
		"what no field takes":       {models.Field{Type: models.FieldText}, `true`, "true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLetter(t)
			c.field.Name, c.field.Label = "answer", "Your answer"
			l.answering(`{"answer":`+c.data+`}`, c.field)
			want := aMailLead()
			want.Fields = []mail.Field{{Name: "answer", Label: "Your answer", Value: c.want}}
			requireTells(t, want, mail.DefaultSubject, l.keptMail(t))
		})
	}
}

func TestAnswersStandInTheFormsOrder(t *testing.T) {
	t.Parallel()
	l := newLetter(t)
	l.answering(`{"a":"first","z":"last","removed":"not asked any more"}`,
		models.Field{Name: "z", Type: models.FieldText}, models.Field{Name: "m", Type: models.FieldText},
		models.Field{Name: "a", Label: "A question", Type: models.FieldText})
	got := l.keptMail(t)
	want := aMailLead()
	want.Fields = []mail.Field{{Name: "z", Value: "last"}, {Name: "a", Label: "A question", Value: "first"}}
	requireTells(t, want, mail.DefaultSubject, got)
}

func TestALeadWithoutAnswersIsToldOf(t *testing.T) {
	t.Parallel()
	l := newLetter(t)
	l.answering("")
	want := aMailLead()
	want.Fields = nil
	requireTells(t, want, mail.DefaultSubject, l.keptMail(t))
}

func TestAnswersGoToTheLeadsFirstAddress(t *testing.T) {
	t.Parallel()
	fields := []models.Field{
		{Name: "friend", Type: models.FieldText}, {Name: "work", Type: models.FieldEmail}, {Name: "home", Type: models.FieldEmail},
	}
	for name, c := range map[string]struct{ data, want string }{
		"the first field":             {`{"home":"home@example.com","work":"work@example.com"}`, "work@example.com"},
		"the first one filled in":     {`{"work":"","home":"home@example.com"}`, "home@example.com"},
		"the first one shown":         {`{"home":"home@example.com"}`, "home@example.com"},
		"no text that looks like one": {`{"friend":"friend@example.com"}`, ""},
		"none that cannot be used":    {`{"work":"ada@@example.com\r\nBcc: all@example.com"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLetter(t)
			l.answering(c.data, fields...)
			require.Equal(t, c.want, l.keptMail(t).ReplyTo)
		})
	}
}
