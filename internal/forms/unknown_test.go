package forms_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/forms"
)

func TestUnknownNamesAreSetRight(t *testing.T) {
	t.Parallel()
	form := definition(t, `[{"name":"email","type":"email"},{"name":"first_name","type":"text"},{"name":"no","type":"text"}]`)
	for sent, meant := range map[string]string{
		"emial": "email", "emal": "email", "e_mail": "email", "e-mail": "email", "Email": "email", "EMAIL": "email", "emails": "email",
		"firstName": "first_name", "first name": "first_name", "firstname": "first_name", "FIRST_NAME": "first_name",
		"phone": "", "name": "", "last_name": "", "xy": "", "": "", strings.Repeat("email", 20): "",
	} {
		want := fmt.Sprintf("The form has no field %q.", sent)
		if meant != "" {
			want = fmt.Sprintf("The form has no field %q; did you mean %q?", sent, meant)
		}
		_, problems := forms.Accept(form, forms.Answers{Data: map[string]any{sent: "x"}, Completed: []string{sent}})
		require.Len(t, problems, 2)
		for _, problem := range problems {
			require.Equal(t, "unknown_field", problem.Code)
			require.Equal(t, want, problem.Message)
		}
	}
}

func TestAFewUnknownNamesAreSetRight(t *testing.T) {
	t.Parallel()
	data := map[string]any{}
	for letter := 'A'; letter <= 'Z'; letter++ {
		data["emai"+string(letter)] = "x"
	}
	form := definition(t, `[{"name":"email","type":"email"}]`)
	_, problems := forms.Accept(form, forms.Answers{Data: data})
	require.Len(t, problems, 26)
	for i, problem := range problems {
		require.Equal(t, i < 10, strings.Contains(problem.Message, `did you mean "email"?`), problem.Message)
	}
}
