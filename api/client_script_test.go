package api_test

import (
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
)

// visitors are two: the calendar has room for the first. The first answer to each
// kind of request is lost on its way.
const visitors = `
globalThis.window = { calendar: { book: async (email) => {
  if (email === "late@example.com") throw new Error("no room");
  return "m_1";
} } };
const network = globalThis.fetch;
const lost = { submissions: true, "client-result": true };
globalThis.fetch = async (url, options) => {
  const answer = await network(url, { ...options, headers: { ...options.headers, Origin: process.argv[3] } });
  const kind = url.split("/").pop();
  if (lost[kind]) {
    lost[kind] = false;
    throw new TypeError("fetch failed");
  }
  return answer;
};
const { submit } = await import("./page.mjs");
for (const email of ["first@example.com", "late@example.com"]) console.log(await submit(process.argv[2], { email }));
`

// documentedPage is the script of the guide, for a service and a key.
func documentedPage(t *testing.T, address, key string) string {
	t.Helper()
	guide, err := os.ReadFile("../docs/execution-modes.md")
	require.NoError(t, err)
	_, script, found := strings.Cut(string(guide), "```js\n")
	require.True(t, found)
	script, _, _ = strings.Cut(script, "```\n")
	for placeholder, value := range map[string]string{"https://leads.example.com": address, "lr_publishable_key": key} {
		require.Contains(t, script, placeholder)
		script = strings.ReplaceAll(script, placeholder, value)
	}
	return script
}

func TestThePageOfTheGuideWorks(t *testing.T) {
	t.Parallel()
	node, err := exec.LookPath("node")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("node is not installed; it runs the guide's script")
	}
	require.NoError(t, err)
	s := newService(t)
	form := bookingForm("book_demo")
	form["clientHandler"] = "app.bookDemo"
	formID := s.create(t, form)
	_, key := s.key(t, pageKey())
	server := httptest.NewServer(s.handler)
	defer server.Close()

	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "page.mjs"), []byte(documentedPage(t, server.URL, key)), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "visitors.mjs"), []byte(visitors), 0o600))
	said, err := exec.CommandContext(t.Context(), node, filepath.Join(dir, "visitors.mjs"), formID, page).CombinedOutput()
	require.NoError(t, err, "%s", said)
	require.Equal(t, strings.Repeat("Thanks!\n", 2), string(said))

	leads := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions?formId="+formID)["data"].([]any)
	require.Len(t, leads, 2, "what was repeated is one lead")
	var reported []object
	for _, lead := range leads {
		shown := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+lead.(object)["submissionId"].(string))
		result := shown["deliveries"].([]any)[0].(object)["clientResult"].(object)
		delete(result, "at")
		reported = append(reported, result)
	}
	require.Empty(t, cmp.Diff([]object{
		{"success": false, "message": "Error: no room", "data": nil},
		{"success": true, "message": "", "data": object{"meeting": "m_1"}},
	}, reported), "the newest first")
}
