package leads_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// nested is a document with this many levels of lists below its object.
func nested(levels int) string {
	return `{"a":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + `}`
}

// digits is a number of this length.
func digits(n int) string { return strings.Repeat("9", n) }

// storable are documents that must be taken as they are.
var storable = map[string]string{
	"nothing":                  `{}`,
	"every kind of value":      `{"a":[null,true,false,0,-0,"",{},[]],"":1}`,
	"32 levels":                nested(32),
	"a huge number":            `{"a":1.7976931348623157e308}`,
	"a tiny number":            `{"a":-5e-324}`,
	"zeros with an exponent":   `{"a":[0e999,0.00E-999,-0.0]}`,
	"64 digits":                `{"a":` + digits(64) + `}`,
	"emoji and Arabic":         `{"😀":"مرحبا"}`,
	"a pair of surrogates":     `{"a":"\ud83d\ude00","\uD83D\uDE00":1}`,
	"the text of an escape":    `{"a":"\\ud800","b":"\\\\u0000"}`,
	"escapes beside the range": `{"a":"\ud7ff\ue000\ufffd\uffff"}`,
	"control characters":       `{"a":"\u0001\u001f\t\u007f"}`,
	"what names SQL":           `{"'; DROP TABLE forms; --":"' OR 1=1"}`,
}

// unstorable are documents that must be refused, and why.
var unstorable = map[string]struct{ document, problem string }{
	"33 levels":                      {nested(33), "a" + strings.Repeat("[0]", 32) + " depth"},
	"a number above the range":       {`{"a":{"b":[1,1e400]}}`, "a.b[1] invalid_number"},
	"a number below the range":       {`{"a":1e-400}`, "a invalid_number"},
	"65 digits":                      {`{"a":` + digits(65) + `}`, "a invalid_number"},
	"an exponent that is a trap":     {`{"a":1e999999999}`, "a invalid_number"},
	"U+0000":                         {`{"a":["x\u0000"]}`, "a[0] invalid_text"},
	"U+0000 in a name":               {`{"a":{"x\u0000":1}}`, "a invalid_text"},
	"a high surrogate alone":         {`{"a":"\ud83d"}`, "invalid_text"},
	"a low surrogate alone":          {`{"a":"\uDE00"}`, "invalid_text"},
	"surrogates the wrong way round": {`{"a":"\ude00\ud83d"}`, "invalid_text"},
	"a surrogate in a name":          {`{"\ud83dx":1}`, "invalid_text"},
	"a surrogate behind a backslash": {`{"a":"\\\ud800"}`, "invalid_text"},
	"two high surrogates and a low":  {`{"a":"\ud83d\ud83d\ude00"}`, "invalid_text"},
	"bytes that are not UTF-8":       {"{\"a\":\"\xff\"}", "invalid_text"},
	"a surrogate in bytes":           {"{\"a\":\"\xed\xa0\x80\"}", "invalid_text"},
}

func TestStorableDocumentsAreTaken(t *testing.T) {
	t.Parallel()
	for name, document := range storable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := filledIn()
			in.Signals = models.Document(document)
			require.Equal(t, document, string(newDesk(t).accept(t, in).Signals))
		})
	}
}

func TestUnstorableDocumentsAreRefused(t *testing.T) {
	t.Parallel()
	for name, c := range unstorable {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := filledIn()
			in.Signals = models.Document(c.document)
			require.Equal(t, []string{located("signals", c.problem)}, newDesk(t).problems(t, in))
		})
	}
}

// located puts a problem of a document below its path.
func located(path, problem string) string {
	if problem == "invalid_text" {
		return path + " " + problem
	}
	return path + "." + problem
}

func TestUnstorableFormDataIsRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		formData string
		want     []string
	}{
		"absent":            {"", []string{"formData required", "formData.budget required"}},
		"a list":            {"[]", []string{"formData type", "formData.budget required"}},
		"U+0000":            {`{"budget":1,"note":"\u0000"}`, []string{"formData.note invalid_text"}},
		"half a character":  {`{"budget":1,"note":"\ud800"}`, []string{"formData invalid_text"}},
		"a number too long": {`{"budget":` + digits(65) + `}`, []string{"formData.budget invalid_number"}},
		"a number too large": {`{"budget":1e400}`, []string{
			"formData.budget invalid_number", "formData.budget type",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := filledIn()
			in.FormData = models.Document(c.formData)
			require.Equal(t, c.want, newDesk(t).problems(t, in))
		})
	}
}

// The database is the judge of what can be stored.
func TestPostgresAgrees(t *testing.T) {
	t.Parallel()
	s, err := store.Open(pgtest.New(t), store.Options{MaxConnections: 2})
	require.NoError(t, err)
	defer s.Close()
	persist := func(id, document string) error {
		_, err := s.Persist(t.Context(), models.Submission{
			ID: id, FormData: models.Document(document), SubmittedAt: start, Status: models.StatusPending, RunSeq: 1,
		}, nil)
		return err
	}
	for name, document := range storable {
		require.NoError(t, persist("sub_"+name, document), name)
	}
	for _, name := range []string{
		"U+0000", "U+0000 in a name", "a high surrogate alone", "a low surrogate alone", "surrogates the wrong way round",
		"a surrogate behind a backslash", "bytes that are not UTF-8", "an exponent that is a trap",
	} {
		require.Error(t, persist("sub_"+name, unstorable[name].document), name)
	}
}
