package webhook_test

import (
	"flag"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/webhook"
	"leadrail/models"
)

var update = flag.Bool("update", false, "write the generated parts of docs/delivery.md anew")

const document = "../../docs/delivery.md"

// What the document says of an endpoint is what the tests beside this one ask
// for: its tables are written from theirs.
func TestTheDocumentTellsTheTestsCases(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(document)
	require.NoError(t, err)
	wanted := replacePart(t, string(raw), "cases", caseTables(t))
	wanted = replacePart(t, wanted, "retry-after", retryAfterTable())
	if *update {
		require.NoError(t, os.WriteFile(document, []byte(wanted), 0o600))
	}
	require.Equal(t, wanted, string(raw), "write it anew: go test ./internal/webhook -run Document -update")
}

// A test that the document names as a proof exists.
func TestTheDocumentNamesTestsThatExist(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(document)
	require.NoError(t, err)
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	exists := map[string]bool{}
	for _, folder := range []string{"activities", "api", "e2e", "internal", "workflows"} {
		require.NoError(t, filepath.WalkDir(filepath.Join("../..", folder), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, "_test.go") {
				return err
			}
			source, err := os.ReadFile(path)
			for _, match := range declared.FindAllSubmatch(source, -1) {
				exists[string(match[1])] = true
			}
			return err
		}))
	}
	named := regexp.MustCompile("`(Test[A-Za-z0-9]+)`").FindAllStringSubmatch(string(raw), -1)
	require.NotEmpty(t, named)
	for _, name := range named {
		require.True(t, exists[name[1]], "docs/delivery.md names %s, which is gone", name[1])
	}
}

func caseTables(t *testing.T) string {
	t.Helper()
	var text strings.Builder
	for _, group := range hostileGroups(t) {
		fmt.Fprintf(&text, "\n### %s\n\n| the endpoint | outcome | code | tried again |\n|---|---|---|---|\n", group.title)
		for _, c := range group.cases {
			code, again := "", "no"
			if c.code != "" {
				code = "`" + string(c.code) + "`"
			}
			if outcomeOf(c.code) == models.OutcomeRetry {
				again = "yes"
			}
			fmt.Fprintf(&text, "| %s | `%s` | %s | %s |\n", c.what, outcomeOf(c.code), code, again)
		}
	}
	return text.String()
}

// retryAfterTable asks Judge itself: TestRetryAfter holds it to its values.
func retryAfterTable() string {
	now := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	var text strings.Builder
	text.WriteString("\n| `Retry-After` of a 429 or 503 | waits at least |\n|---|---|\n")
	for _, value := range []string{
		"5", "Sun, 22 Nov 2026 09:31:00 GMT", "Sun, 22 Nov 2026 09:29:59 GMT", "0", "-1", "1.5", "abc", "1e9", "3600", "2592000",
	} {
		v := webhook.Judge(webhook.Answer{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {value}}, Now: now})
		fmt.Fprintf(&text, "| `%s` | %s |\n", value, v.RetryAfter)
	}
	return text.String()
}

// replacePart puts text between the two comments that mark a part.
func replacePart(t *testing.T, document, name, text string) string {
	t.Helper()
	before, rest, found := strings.Cut(document, "<!-- "+name+" -->\n")
	require.True(t, found, name)
	_, after, found := strings.Cut(rest, "\n<!-- end of "+name+" -->")
	require.True(t, found, name)
	return before + "<!-- " + name + " -->\n" + text + "\n<!-- end of " + name + " -->" + after
}
