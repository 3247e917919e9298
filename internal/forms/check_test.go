package forms_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// refusals are changes to a good form, each with the problems that it makes:
// "path code". A change is JSON of members that replace those of the form.
type refusals map[string]struct {
	change   string
	problems []string
}

// good is a form that has nearly everything.
const good = `{
	"agentId":"agent_site","name":"contact_form",
	"fields":[{"name":"email","type":"email"},{"name":"seats","type":"number"},{"name":"plan","type":"select","options":[{"value":"pro"}]}],
	"webhook":{"url":"https://crm.example.com/leads"},
	"postActions":[{"type":"email","name":"notify","to":["sales@example.com"]}],
	"qualification":{"rules":[],"tiers":[{"name":"hot","min":10}],"qualifiedFrom":10}}`

// problems creates the good form with a change and lists what is wrong.
func problems(t *testing.T, change string) []string {
	t.Helper()
	form := map[string]json.RawMessage{}
	require.NoError(t, json.Unmarshal([]byte(good), &form))
	require.NoError(t, json.Unmarshal([]byte(change), &form), change)
	_, err := newServiceOn(t, accepting{}).CreateForm(t.Context(), inputOf(t, encoded(t, form)))
	found := []string{}
	if err == nil {
		return found
	}
	for _, problem := range problemsOf(t, err) {
		require.NotEmpty(t, problem.Message)
		found = append(found, problem.Field+" "+problem.Code)
	}
	return found
}

func (r refusals) check(t *testing.T) {
	t.Helper()
	for name, c := range r {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Empty(t, cmp.Diff(append([]string{}, c.problems...), problems(t, c.change)))
		})
	}
}

// repeated joins n copies of a JSON text in which %d counts them.
func repeated(n int, format string) string {
	parts := make([]string, n)
	for i := range parts {
		parts[i] = fmt.Sprintf(format, i)
	}
	return strings.Join(parts, ",")
}

func TestTheFormItself(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 2001)
	refusals{
		"nothing is wrong":                    {`{}`, nil},
		"no agent":                            {`{"agentId":""}`, []string{"agentId required"}},
		"an agent's id that is too long":      {`{"agentId":"` + strings.Repeat("é", 129) + `"}`, []string{"agentId invalid"}},
		"an agent's id with a line break":     {`{"agentId":"a\nb"}`, []string{"agentId invalid"}},
		"an agent's id with U+0000":           {`{"agentId":"a\u0000"}`, []string{"agentId invalid"}},
		"the longest agent's id":              {`{"agentId":"` + strings.Repeat("é", 128) + `"}`, nil},
		"no name":                             {`{"name":""}`, []string{"name required"}},
		"a name that is too long":             {`{"name":"` + strings.Repeat("x", 65) + `"}`, []string{"name max_length"}},
		"the longest name":                    {`{"name":"` + strings.Repeat("x", 64) + `"}`, nil},
		"a name with a capital":               {`{"name":"Contact"}`, []string{"name pattern"}},
		"a name with a hyphen":                {`{"name":"contact-form"}`, []string{"name pattern"}},
		"a name that starts with a digit":     {`{"name":"1_form"}`, []string{"name pattern"}},
		"a name with a line break at its end": {`{"name":"form\n"}`, []string{"name pattern"}},
		"a name in another script":            {`{"name":"форма"}`, []string{"name pattern"}},
		"the longest texts":                   {`{"title":"` + long[2:] + `"}`, nil},
		"texts that are too long": {
			`{"title":"` + long + `","description":"` + long + `","submitLabel":"` + long + `","successMessage":"` + long + `","errorMessage":"` + long + `"}`,
			[]string{"title max_length", "description max_length", "submitLabel max_length", "successMessage max_length", "errorMessage max_length"},
		},
		"texts with U+0000": {
			`{"title":"\u0000","description":"\u0000","submitLabel":"\u0000","successMessage":"\u0000","errorMessage":"\u0000"}`,
			[]string{"title invalid", "description invalid", "submitLabel invalid", "successMessage invalid", "errorMessage invalid"},
		},
		"an alert to nobody":              {`{"alertEmail":""}`, nil},
		"an alert to one":                 {`{"alertEmail":"Ops <ops@example.com>"}`, nil},
		"an alert to several":             {`{"alertEmail":"ops@example.com, it@example.com"}`, []string{"alertEmail invalid"}},
		"an alert to something":           {`{"alertEmail":"ops"}`, []string{"alertEmail invalid"}},
		"an alert with U+0000":            {`{"alertEmail":"\u0000@example.com"}`, []string{"alertEmail invalid"}},
		"a trap for machines":             {`{"honeypot":"website","minFillSeconds":3}`, nil},
		"no trap":                         {`{"honeypot":"","minFillSeconds":0}`, nil},
		"the slowest person":              {`{"minFillSeconds":60}`, nil},
		"too slow a person":               {`{"minFillSeconds":61}`, []string{"minFillSeconds range"}},
		"a negative time":                 {`{"minFillSeconds":-1}`, []string{"minFillSeconds range"}},
		"a trap that is a field":          {`{"honeypot":"seats"}`, []string{"honeypot duplicate"}},
		"a trap with a bad name":          {`{"honeypot":"Web-Site"}`, []string{"honeypot pattern"}},
		"a trap with too long a name":     {`{"honeypot":"` + strings.Repeat("x", 65) + `"}`, []string{"honeypot max_length"}},
		"no webhook, no actions":          {`{"webhook":null,"postActions":null,"qualification":null}`, nil},
		"what an answer has beside them":  {`{"id":"x","version":7,"createdAt":"y","updatedAt":"z","enabled":false}`, nil},
		"problems all over come together": {`{"agentId":"","name":"","fields":[]}`, []string{"agentId required", "name required", "fields required"}},
	}.check(t)
}
