package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// anUpload was made for the field "cv" of form_1 in a minute.
func anUpload(id string, made int) models.Upload {
	return models.Upload{
		File: models.File{
			ID: id, FormID: "form_1", Field: "cv", AgentID: "agent_1", Name: "Lebenslauf – Ada.pdf",
			ContentType: "application/pdf", Size: 4, SHA256: "digest of " + id, CreatedAt: minute(made),
		},
		Content: []byte{0, 0xff, '\n', 'x'},
	}
}

func saveFiles(t *testing.T, s *store.Store, uploads ...models.Upload) {
	t.Helper()
	require.NoError(t, s.SaveFiles(t.Context(), uploads))
}

// refer names files by their fields for a lead, in minute 1, and returns the ids
// of those that it may have.
func refer(t *testing.T, s *store.Store, submission, form string, ids map[string]string) []string {
	t.Helper()
	files, err := s.ReferFiles(t.Context(), store.FileReferences{SubmissionID: submission, FormID: form, IDs: ids, At: minute(1)})
	require.NoError(t, err)
	found := []string{}
	for _, file := range files {
		found = append(found, file.ID)
	}
	return found
}

func TestFilesAreKeptWithTheirBytes(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	saveFiles(t, s, anUpload("file_1", 0), anUpload("file_2", 0))
	file, err := s.File(t.Context(), "file_1")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(anUpload("file_1", 0), file))

	other := anUpload("file_1", 5)
	other.Content = []byte("other")
	saveFiles(t, s, other)
	file, err = s.File(t.Context(), "file_1")
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(anUpload("file_1", 0), file), "the first stays")

	for _, id := range []string{"file_9", "", "file_\x00"} {
		_, err = s.File(t.Context(), id)
		requireCode(t, models.CodeNotFound, err)
	}
}

func TestALargeFileIsKept(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	large := anUpload("file_1", 0)
	large.Content = make([]byte, models.MaxFileSize)
	for i := range large.Content {
		large.Content[i] = byte(i * i >> 7)
	}
	saveFiles(t, s, large)
	file, err := s.File(t.Context(), "file_1")
	require.NoError(t, err)
	require.Equal(t, large.Content, file.Content)
}

func TestALeadMayNameItsFilesOnly(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	photo := anUpload("file_2", 0)
	photo.Field = "photo"
	saveFiles(t, s, anUpload("file_1", 0), photo)
	require.ElementsMatch(t, []string{"file_1", "file_2"},
		refer(t, s, "sub_1", "form_1", map[string]string{"cv": "file_1", "photo": "file_2"}))
	for name, found := range map[string][]string{
		"another form":         refer(t, s, "sub_1", "form_2", map[string]string{"cv": "file_1"}),
		"another field":        refer(t, s, "sub_1", "form_1", map[string]string{"photo": "file_1"}),
		"the fields exchanged": refer(t, s, "sub_1", "form_1", map[string]string{"cv": "file_2", "photo": "file_1"}),
		"unknown":              refer(t, s, "sub_1", "form_1", map[string]string{"cv": "file_3"}),
	} {
		require.Empty(t, found, name)
	}
	require.Equal(t, []string{"file_1"}, refer(t, s, "sub_1", "form_1", map[string]string{"cv": "file_1", "photo": "file_9"}))
}

func TestAFileBelongsToTheFirstLeadThatIsStoredWithIt(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	saveFiles(t, s, anUpload("file_1", 0))
	cv := map[string]string{"cv": "file_1"}
	require.NotEmpty(t, refer(t, s, "sub_1", "form_1", cv))
	require.NotEmpty(t, refer(t, s, "sub_2", "form_1", cv), "no lead is stored yet")

	first, second := aLead("sub_1"), aLead("sub_2")
	first.Files = []models.LeadFile{anUpload("file_1", 0).ForLead()}
	second.Files = first.Files
	for range 2 {
		storeLead(t, s, first)
	}
	storeLead(t, s, second)
	for _, id := range []string{"sub_1", "sub_2"} {
		require.Empty(t, cmp.Diff(first.Files, read(t, s, id).Files))
	}
	file, err := s.File(t.Context(), "file_1")
	require.NoError(t, err)
	require.Equal(t, "sub_1", *file.SubmissionID)
	require.True(t, file.ReferencedAt.Equal(minute(1)))

	require.NotEmpty(t, refer(t, s, "sub_1", "form_1", cv), "a repeat")
	require.Empty(t, refer(t, s, "sub_2", "form_1", cv))
	require.Nil(t, read(t, s, storeLead(t, s, aLead("sub_3")).ID).Files, "a lead without files")
}

func TestOnlyWhatNoLeadNamesIsSwept(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url)
	saveFiles(t, s, anUpload("file_1", 1), anUpload("file_2", 2), anUpload("file_3", 3), anUpload("file_4", 4), anUpload("file_5", 5))
	require.NotEmpty(t, refer(t, s, "sub_1", "form_1", map[string]string{"cv": "file_2"}))
	sweep := func(before time.Time) int {
		t.Helper()
		swept, err := s.SweepFiles(t.Context(), before, 2)
		require.NoError(t, err)
		return swept
	}
	require.Equal(t, 0, sweep(minute(1)))
	require.Equal(t, 2, sweep(minute(5)), "no more at a time")
	require.Equal(t, 1, sweep(minute(5)))
	require.Equal(t, 0, sweep(minute(5)))
	left := lines(t, connect(t, url), "SELECT file_id FROM file_contents ORDER BY 1")
	require.Equal(t, []string{"file_2", "file_5"}, left)
}

// A visitor may submit while the sweep is under way: either the lead is told
// that the file is gone, or the file stays.
func TestTheSweepAndALeadNeverBothHaveAFile(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s, conn := open(t, url), connect(t, url)
	saveFiles(t, s, anUpload("file_1", 0))
	tx, err := conn.Begin(t.Context())
	require.NoError(t, err)
	_, err = tx.Exec(t.Context(), "UPDATE files SET referenced_at = now() WHERE id = 'file_1'")
	require.NoError(t, err)
	swept, err := s.SweepFiles(t.Context(), minute(9), 10)
	require.NoError(t, err)
	require.Zero(t, swept, "a lead is about to have it")
	require.NoError(t, tx.Commit(t.Context()))
	_, err = s.File(t.Context(), "file_1")
	require.NoError(t, err)
}
