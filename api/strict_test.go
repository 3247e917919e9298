package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/api"
	"leadrail/internal/forms"
	"leadrail/internal/leads"
	"leadrail/models"
)

// found says what is wrong with a body, and where.
func found(err error) string {
	var coded *models.Error
	switch {
	case err == nil:
		return "fine"
	case !errors.As(err, &coded):
		return "no JSON"
	case len(coded.Fields) == 0:
		return string(coded.Code)
	}
	return coded.Fields[0].Field + " " + coded.Fields[0].Code
}

func TestNamesOfABodyAreGivenOnce(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"formId":"a","formData":{"a":{"a":[{"a":1},{"a":2}]}}}`: "fine",
		`{"formId":"a","formData":{},"formId":"a"}`:               "formId duplicate",
		`{"formData":{"email":"a","email":"b"}}`:                  "formData.email duplicate",
		`{"formData":{"email":"a","emai\u006c":"b"}}`:             "formData.email duplicate",
		`{"formData":{"a":[1,{"b":1,"c":2,"b":3}]}}`:              "formData.a[1].b duplicate",
		`{"signals":{"":1,"":2}}`:                                 "signals. duplicate",
		`{"formData":{"a":{"x":1},"b":{"x":1},"A":1}}`:            "fine",
		`{"formData":{"a":1,"a":{"b":`:                            "formData.a duplicate",
		`{"formData":{"` + strings.Repeat("k", 99) + `":[{"a":1,"a":1}]}}`: "formData." + strings.Repeat("k", 64) +
			"…[0].a duplicate",
	} {
		require.Equal(t, want, found(api.CheckStrict[leads.CaptureInput]([]byte(body))), body)
	}
}

func TestNamesOfABodyAreKnown(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]struct{ problem, meant string }{
		`{"FormId":"a"}`:            {"FormId unknown_field", "formId"},
		`{"formdata":{}}`:           {"formdata unknown_field", "formData"},
		`{"email":"a@example.com"}`: {"email unknown_field", ""},
		`{"prefer":"wait=3"}`:       {"prefer unknown_field", ""}, // it is a header
		`{"context":{"pageURL":1}}`: {"context.pageURL unknown_field", "pageUrl"},
		`{"context":{"utm":{"Source":"x"}},"signals":{"FormId":1}}`: {"fine", ""},
		`{"` + strings.Repeat("x", 70) + `":1}`:                     {strings.Repeat("x", 64) + "… unknown_field", ""},
	} {
		err := api.CheckStrict[leads.CaptureInput]([]byte(body))
		require.Equal(t, want.problem, found(err), body)
		if want.meant != "" {
			require.ErrorContains(t, err, "Did you mean "+`"`+want.meant+`"?`, body)
		} else if err != nil {
			require.NotContains(t, err.Error(), "Did you mean", body)
		}
	}
}

func TestTextsOfABodyCanBeStored(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`{"title":"\ud83d\ude00 \\ud800 \\u0000 \uFFFD"}`: "fine",
		`{"title":"a\u0000b"}`:                            "title invalid_text",
		`{"title":"\ud83d"}`:                              "title invalid_text",
		`{"title":"\ude00\ud83d"}`:                        "title invalid_text",
		"{\"title\":\"\xff\"}":                            "title invalid_text",
		`{"fields":[{"name":"a"},{"label":"\ud800"}]}`:    "fields[1].label invalid_text",
		`{"fields":[{"defaultValue":{"a":["\u0000"]}}]}`:  "fields[0].defaultValue.a[0] invalid_text",
		`{"webhook":{"headers":{"a\u0000":"x"}}}`:         "webhook.headers.a\x00 invalid_text",
		`{"webhook":{"retrySchedule":["\u0000"]}}`:        "webhook.retrySchedule[0] invalid_text",
	} {
		require.Equal(t, want, found(api.CheckStrict[forms.Input]([]byte(body))), body)
	}
	require.Equal(t, "fine", found(api.CheckStrict[leads.CaptureInput]([]byte(`{"formData":{"a\u0000":"\ud800"}}`))),
		"the use case judges what a visitor typed, with everything else in it")
}

func TestBodiesAreOneValueOfSomeDepth(t *testing.T) {
	t.Parallel()
	nested := func(levels int) string {
		return `{"formData":` + strings.Repeat("[", levels) + strings.Repeat("]", levels) + `}`
	}
	for body, want := range map[string]string{
		nested(100): "fine",
		nested(101): "malformed",
		`{"formData":` + strings.Repeat("[", 5e5): "malformed",
		`{"formData":1e999}`:                      "fine", // it is a number
		`{}{}`:                                    "malformed",
		`{}]`:                                     "malformed",
		`{"formData":{]}`:                         "no JSON",
		`{"formData":[}`:                          "no JSON",
		`{"formData"`:                             "no JSON",
		`{1:2}`:                                   "no JSON",
		`]`:                                       "no JSON",
	} {
		require.Equal(t, want, found(api.CheckStrict[leads.CaptureInput]([]byte(body))), "%.60s", body)
	}
}

// FuzzStrict compares with what a decoder loses: of a name that is given twice,
// one value.
func FuzzStrict(f *testing.F) {
	for _, seed := range []string{
		`{"a":1,"a":2}`, `{"a":{"b":[{"c":1},{"c":"\ud800"}]}}`, `{"a":"\u0000","\ud800":1,"\ud801":2}`, `[1,{"":null,"":0}]`, `{"a":[}`, `"x"`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		err := api.CheckStrict[map[string]any](raw)
		var value any
		if json.Unmarshal(raw, &value) != nil {
			return
		}
		switch what := found(err); {
		case what == "fine":
			require.Equal(t, namesKept(value), namesWritten(t, raw))
		case strings.HasSuffix(what, " duplicate"):
			require.Less(t, namesKept(value), namesWritten(t, raw))
		default:
			require.NotEqual(t, "no JSON", what)
		}
	})
}

func namesKept(value any) int {
	count := 0
	switch value := value.(type) {
	case map[string]any:
		for _, inner := range value {
			count += 1 + namesKept(inner)
		}
	case []any:
		for _, inner := range value {
			count += namesKept(inner)
		}
	}
	return count
}

// namesWritten counts the colons between the texts.
func namesWritten(t *testing.T, raw []byte) int {
	t.Helper()
	count := 0
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	end := int64(0)
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return count
		}
		require.NoError(t, err)
		before := bytes.TrimLeft(raw[end:decoder.InputOffset()], " \t\r\n")
		if bytes.HasPrefix(before, []byte(":")) {
			count++
		}
		end = decoder.InputOffset()
	}
}
