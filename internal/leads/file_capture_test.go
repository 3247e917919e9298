package leads_test

import (
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/id"
	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
)

func inline(content string) string {
	return "data:text/plain;base64," + base64.StdEncoding.EncodeToString([]byte(content))
}

// with is a lead with the form data.
func with(t *testing.T, data map[string]any) leads.CaptureInput {
	t.Helper()
	document, err := models.NewDocument(data)
	require.NoError(t, err)
	return leads.CaptureInput{FormID: "form_1", FormData: document}
}

func TestADataURLBecomesAFile(t *testing.T) {
	t.Parallel()
	d, files := newFileDesk(t)
	lead := d.accept(t, with(t, map[string]any{"photo": inline(aPNG), "cv": inline(aPDF), "more": inline("is a text")}))
	require.Len(t, files.saved, 2)
	require.Empty(t, files.asked)
	cv, photo := files.saved[0], files.saved[1]
	require.Equal(t, aPDF, string(cv.Content))
	require.NotNil(t, cv.ReferencedAt, "the sweep leaves it alone")
	require.True(t, id.Valid(id.File, cv.ID))

	var data map[string]string
	require.NoError(t, json.Unmarshal(lead.FormData, &data))
	require.Equal(t, map[string]string{"cv": cv.ID, "photo": photo.ID, "more": inline("is a text")}, data)
	described := []models.LeadFile{
		{FileID: cv.ID, Field: "cv", Name: "cv.pdf", ContentType: "application/pdf", Size: int64(len(aPDF))},
		{FileID: photo.ID, Field: "photo", Name: "photo.png", ContentType: "image/png", Size: int64(len(aPNG))},
	}
	require.Empty(t, cmp.Diff(described, lead.Files))

	d.submission = func(string) (models.Submission, error) { return lead, nil }
	shown, err := d.Submission(t.Context(), leads.SubmissionRef{ID: lead.ID})
	require.NoError(t, err)
	require.Empty(t, cmp.Diff(described, shown.Files))
}

func TestARepeatMakesTheSameFile(t *testing.T) {
	t.Parallel()
	d, files := newFileDesk(t)
	ids := func(key string, content string) string {
		t.Helper()
		in := with(t, map[string]any{"cv": inline(content)})
		in.IdempotencyKey = key
		_, err := d.Capture(t.Context(), in)
		require.NoError(t, err)
		return files.saved[len(files.saved)-1].ID
	}
	first := ids("key-1", aPDF)
	require.Equal(t, first, ids("key-1", aPDF))
	require.NotEqual(t, first, ids("key-1", aPDF+"more"), "the bytes of an id never change")
	require.NotEqual(t, first, ids("key-2", aPDF))
	require.NotEqual(t, ids("", aPDF), ids("", aPDF), "two leads, two files")
}

func TestAHiddenFileIsDropped(t *testing.T) {
	t.Parallel()
	d, files := newFileDesk(t)
	for _, value := range []string{inline(aPDF), "data:broken", inline(""), "file_01jd9zk9a0b1c2d3e4f5g6h7j8"} {
		output, err := d.Capture(t.Context(), with(t, map[string]any{"more": "no", "extra": value}))
		require.NoError(t, err)
		require.NotEmpty(t, output.SubmissionID)
	}
	require.Empty(t, files.saved)
	require.Empty(t, files.asked)
	_, err := d.Capture(t.Context(), with(t, map[string]any{"more": "yes", "extra": inline(aPDF)}))
	require.NoError(t, err)
	require.Len(t, files.saved, 1)
}

func TestWhatIsNoFileIsRefused(t *testing.T) {
	t.Parallel()
	for value, code := range map[string]string{
		"data:":                          "file",
		"data:image/png":                 "file",
		"data:image/png;base64":          "file",
		"data:,hello":                    "file", // not base64
		"data:image/png;base64,!!!!":     "file",
		"data:image/png;base64,iVBORw":   "file", // cut off
		"data:image/png;base64,":         "empty",
		"DATA:image/png;BASE64,aGVsbG8=": "image", // what it says of itself counts for nothing
		inline(aSVG):                     "image",
		inline(aPDF):                     "image",
		"http://example.com/me.png":      "file",
		"file_1":                         "file",
	} {
		t.Run(value, func(t *testing.T) {
			t.Parallel()
			d, files := newFileDesk(t)
			require.Equal(t, []string{"formData.photo " + code}, d.problems(t, with(t, map[string]any{"photo": value, "cv": inline(aPDF)})))
			require.Empty(t, files.saved, "nothing of a lead that is refused")
		})
	}
}

func TestALeadNamesWhatWasUploaded(t *testing.T) {
	t.Parallel()
	d, files := newFileDesk(t)
	cv := models.File{ID: id.New(id.File), Field: "cv", Name: "cv.pdf", ContentType: "application/pdf", Size: 9}
	files.found = []models.File{cv}
	lead := d.accept(t, with(t, map[string]any{"cv": cv.ID, "photo": inline(aPNG)}))
	require.Empty(t, cmp.Diff([]store.FileReferences{{
		SubmissionID: lead.ID, FormID: "form_1", IDs: map[string]string{"cv": cv.ID}, At: start,
	}}, files.asked))
	require.Len(t, files.saved, 1)
	require.Empty(t, cmp.Diff([]models.LeadFile{cv.ForLead(), files.saved[0].ForLead()}, lead.Files))
}

func TestAFileThatTheLeadCannotHaveIsRefused(t *testing.T) {
	t.Parallel()
	d, files := newFileDesk(t)
	photo := models.File{ID: id.New(id.File), Field: "photo", Name: "cv.pdf", ContentType: "application/pdf", Size: 9}
	files.found = []models.File{photo} // from when the field took any file
	problems := d.problems(t, with(t, map[string]any{"more": "yes", "cv": id.New(id.File), "photo": photo.ID, "extra": inline(aPDF)}))
	require.Equal(t, []string{"formData.cv file", "formData.photo image"}, problems)
	require.Empty(t, files.saved)
}

func TestWithoutADatabaseALeadWithFilesIsNotAccepted(t *testing.T) {
	t.Parallel()
	for _, value := range []string{inline(aPDF), id.New(id.File)} {
		d, _ := newFileDesk(t)
		d.Files = &cabinet{err: away()}
		_, err := d.Capture(t.Context(), with(t, map[string]any{"cv": value}))
		require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
		require.Empty(t, d.started)

		_, err = d.Capture(t.Context(), with(t, map[string]any{"more": "no files"}))
		require.NoError(t, err, "nobody asks for files that are not there")
	}
}

func FuzzWhatComesAsAnImage(f *testing.F) {
	f.Add("data:image/png;base64," + base64.StdEncoding.EncodeToString([]byte(aPNG)))
	f.Add(inline(aSVG))
	f.Add("data:;base64")
	f.Fuzz(func(t *testing.T, text string) {
		d, files := newFileDesk(t)
		_, err := d.Capture(t.Context(), with(t, map[string]any{"photo": text}))
		if err != nil {
			require.Equal(t, models.CodeInvalid, models.CodeOf(err))
			require.Empty(t, files.saved)
		}
		for _, upload := range files.saved {
			require.True(t, models.FieldImage.Takes(upload.ContentType), upload.ContentType)
		}
	})
}
