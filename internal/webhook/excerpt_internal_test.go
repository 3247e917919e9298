package webhook

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSecretsAreBlottedOutHoweverTheyAreWritten(t *testing.T) {
	t.Parallel()
	headers := map[string]string{
		"Authorization": "Bearer ab/cd+ef/ghijkl==",
		"X-Client":      "leadrail",
		"X-Api-Key":     "leadrail-9f8e7d6c5b",
		"X-Odd":         `a"b<c>&d\e`,
	}
	for name, test := range map[string]struct{ body, want string }{
		"as it is":            {"got Bearer ab/cd+ef/ghijkl==", "got [redacted]"},
		"without its scheme":  {"got ab/cd+ef/ghijkl==", "got [redacted]"},
		"JSON, slashes too":   {`{"a":"Bearer ab\/cd+ef\/ghijkl=="}`, `{"a":"[redacted]"}`},
		"one within another":  {"bad key leadrail-9f8e7d6c5b of leadrail", "bad key [redacted] of [redacted]"},
		"JSON":                {`{"a":"a\"b<c>&d\\e"}`, `{"a":"[redacted]"}`},
		"JSON, safe for HTML": {`{"a":"a\"b\u003cc\u003e\u0026d\\e"}`, `{"a":"[redacted]"}`},
		"HTML":                {`<p>a&#34;b&lt;c&gt;&amp;d\e</p>`, `<p>[redacted]</p>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.want, string(withoutSecrets([]byte(test.body), headers)))
		})
	}
}
