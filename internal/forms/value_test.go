package forms_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
	"leadrail/models"
)

// values are JSON texts by the code of the rule that they break; those under
// "" break none.
type values map[string][]string

// check asks a form of this one field, and its schema, about each value.
func (v values) check(t *testing.T, field models.Field) {
	t.Helper()
	field.Name = "it"
	definition := models.FormDefinition{Fields: []models.Field{field}}
	schema := compiled(t, forms.SchemaUnder(definition, nil))
	for code, texts := range v {
		for _, text := range texts {
			t.Run(code+" "+text, func(t *testing.T) {
				t.Parallel()
				data := object(t, `{"it":`+text+`}`)
				requireTold(t, schema, field, text, code)
				accepted, problems := forms.Accept(definition, forms.Answers{Data: data})
				if code == "" {
					require.Empty(t, problems)
					require.Equal(t, data, accepted.Data)
					return
				}
				require.Len(t, problems, 1)
				require.Equal(t, "formData.it", problems[0].Field)
				require.Equal(t, code, problems[0].Code)
				require.NotEmpty(t, problems[0].Message)
				require.Empty(t, accepted.Data)
			})
		}
	}
}

// object decodes data as a lead's is.
func object(t testing.TB, text string) map[string]any {
	t.Helper()
	data, err := models.Document(text).Object()
	require.NoError(t, err, text)
	return data
}

// quoted writes a text as JSON.
func quoted(text string) string {
	encoded, _ := json.Marshal(text) // a text cannot fail
	return string(encoded)
}

func lengths(low, high int) models.Validation {
	return models.Validation{MinLength: &models.Rule[int]{Value: low}, MaxLength: &models.Rule[int]{Value: high}}
}
