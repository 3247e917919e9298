package e2e_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// tellable is the shortest form value, in bytes, that is looked for in logs:
// shorter ones stand there by chance.
const tellable = 12

// leaks are keys, and the addresses that a generator makes up.
var leaks = regexp.MustCompile(`lr_[\w-]+|lead\d+@example\.com`)

// silence knows what the logs of a machine must not tell.
type silence struct {
	mu     sync.Mutex
	values map[string]bool
	// said are what its processes wrote.
	said []func() string
}

// listen looks at the end of the test into everything that the machine logged. The
// processes have ended then.
func (m *machine) listen() {
	m.silence = &silence{values: map[string]bool{}}
	m.t.Cleanup(func() {
		for _, text := range m.logs() {
			require.Empty(m.t, m.silence.broken(text), "a log tells what it must not")
		}
	})
}

// hear adds the log of a process.
func (s *silence) hear(said func() string) { s.said = append(s.said, said) }

// logs are what the processes wrote, and their log files.
func (m *machine) logs() []string {
	m.t.Helper()
	var texts []string
	for _, said := range m.silence.said {
		texts = append(texts, said())
	}
	require.NoError(m.t, filepath.WalkDir(m.dir, func(path string, _ fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // a Postgres whose parent was killed tidies up
			return nil
		}
		if err != nil || !strings.Contains(filepath.Base(path), ".log") {
			return err
		}
		text, err := os.ReadFile(path)
		texts = append(texts, string(text))
		return err
	}))
	return texts
}

// keep notes the texts of a request's form data.
func (s *silence) keep(request []byte) {
	var lead struct {
		FormData map[string]any `json:"formData"`
	}
	if json.Unmarshal(request, &lead) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, value := range lead.FormData {
		if text, ok := value.(string); ok && len(text) >= tellable {
			s.values[text] = true
		}
	}
}

// broken lists what a log tells that it must not.
func (s *silence) broken(log string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	told := leaks.FindAllString(log, -1)
	for text := range s.values {
		if strings.Contains(log, text) {
			told = append(told, text)
		}
	}
	return told
}

func TestSilenceIsBrokenByKeysAndByWhatVisitorsWrote(t *testing.T) {
	t.Parallel()
	s := silence{values: map[string]bool{}}
	s.keep([]byte(`{"formId":"form_1","formData":{"email":"ada@example.com","budget":5000,"plan":"pro"}}`))
	s.keep([]byte(`[]`))
	for line, told := range map[string][]string{
		`level=INFO msg=request route=/v1/submissions status=202 plan=pro`: nil,
		`level=INFO msg=request error="ada@example.com broke it"`:          {"ada@example.com"},
		`level=WARN msg=key key=lr_e2e_admin_key`:                          {"lr_e2e_admin_key"},
		`DETAIL: parameters: $1 = 'lead17@example.com'`:                    {"lead17@example.com"},
	} {
		require.Equal(t, told, s.broken(line))
	}
}

// Nothing is told on any level of the log, and what was refused is counted over a
// restart.
func TestRefusedLeadsAreCountedInSilence(t *testing.T) {
	t.Parallel()
	m := newMachine(t, "LEADRAIL_LOG_LEVEL=debug", "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	leadrail := m.up()
	form := m.createForm("silent", "http://127.0.0.1:1/closed")
	submit := func(want int, formData map[string]any) {
		t.Helper()
		require.Equal(t, want, m.call(http.MethodPost, "/v1/submissions", map[string]any{"formId": form, "formData": formData}, nil))
	}
	submit(http.StatusAccepted, map[string]any{"email": "ada.lovelace@example.com"})
	submit(http.StatusUnprocessableEntity, map[string]any{"email": "ada lovelace at example"})
	submit(http.StatusUnprocessableEntity, map[string]any{"email": "ada.lovelace@example.com", "note": "call me tonight"})
	require.Equal(t, 0, leadrail.stop())

	again := m.up()
	var refusals struct {
		Total int `json:"total"`
	}
	require.Equal(t, http.StatusOK, m.call(http.MethodGet, "/v1/forms/"+form+"/refusals", nil, &refusals))
	require.Equal(t, 2, refusals.Total)
	require.Equal(t, 0, again.stop())
	require.Contains(t, strings.Join(m.logs(), "\n"), "route=/v1/submissions", "there is something to look into")
}
