package leads_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/id"
	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
)

// cabinet keeps files in memory.
type cabinet struct {
	saved []models.Upload
	// found is what a lead may refer to, asked what it named.
	found []models.File
	asked []store.FileReferences
	err   error
}

func (c *cabinet) SaveFiles(_ context.Context, uploads []models.Upload) error {
	if c.err == nil {
		c.saved = append(c.saved, uploads...)
	}
	return c.err
}

func (c *cabinet) ReferFiles(_ context.Context, refs store.FileReferences) ([]models.File, error) {
	c.asked = append(c.asked, refs)
	return c.found, c.err
}

func (c *cabinet) File(_ context.Context, id string) (models.Upload, error) {
	for _, upload := range c.saved {
		if upload.ID == id {
			return upload, c.err
		}
	}
	return models.Upload{}, unknown()
}

// newFileDesk is a desk whose form has a file field, an image field, and a file
// field that is shown where "more" says so.
func newFileDesk(t *testing.T) (*desk, *cabinet) {
	t.Helper()
	d, files := newDesk(t), &cabinet{}
	d.Files = files
	form := aForm()
	form.Version.Definition.Fields = []models.Field{
		{Name: "more", Type: models.FieldText},
		{Name: "cv", Label: "Your CV", Type: models.FieldFile},
		{Name: "photo", Type: models.FieldImage},
		{
			Name: "extra", Type: models.FieldFile,
			VisibleWhen: &models.Condition{Field: "more", Op: models.OpEq, Value: "yes"},
		},
	}
	d.form = func(string) (store.FormRecord, error) { return form, nil }
	return d, files
}

// Smallest contents of their types.
const (
	aPNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	aPDF = "%PDF-1.7\n"
	aSVG = `<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`
	// aGIFScript is an image and a script at once.
	aGIFScript = "GIF89a/*\x00\x00\x00*/=1;alert(1)"
)

func TestUploadFindsOutWhatAFileIs(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		field, name, content string
		kind, kept           string
	}{
		"an image":              {"photo", "me.png", aPNG, "image/png", "me.png"},
		"a lie about the type":  {"cv", "me.png", aPDF, "application/pdf", "me.png"},
		"a page":                {"cv", "page.txt", "<!doctype html><script>1</script>", "text/html; charset=utf-8", "page.txt"},
		"an image and a script": {"photo", "both.gif", aGIFScript, "image/gif", "both.gif"},
		"no name":               {"photo", "", aPNG, "image/png", "photo.png"},
		"a path":                {"cv", "../../a\r\nb\u202e.pdf", aPDF, "application/pdf", "ab.pdf"},
		"any bytes":             {"cv", "x", "\x00", "application/octet-stream", "x"},
		"the largest":           {"cv", "x.txt", strings.Repeat("x", models.MaxFileSize), "text/plain; charset=utf-8", "x.txt"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, files := newFileDesk(t)
			out, err := d.Upload(t.Context(), leads.UploadInput{FormID: "form_1", Field: c.field, Name: c.name, Content: []byte(c.content)})
			require.NoError(t, err)
			require.True(t, id.Valid(id.File, out.FileID))
			require.Equal(t, leads.UploadOutput{FileID: out.FileID, Name: c.kept, ContentType: c.kind, Size: int64(len(c.content))}, out)
			require.Equal(t, "/v1/files/"+out.FileID, out.Location())

			require.Len(t, files.saved, 1)
			kept, err := d.File(t.Context(), leads.FileRef{ID: out.FileID})
			require.NoError(t, err)
			require.Equal(t, c.content, string(kept.Content))
			require.Equal(t, []string{"form_1", "agent_1", c.field}, []string{kept.FormID, kept.AgentID, kept.Field})
			require.Nil(t, kept.ReferencedAt, "the sweep may have it")
			require.Len(t, kept.SHA256, 64)
		})
	}
}

func TestUploadRefuses(t *testing.T) {
	t.Parallel()
	fine := leads.UploadInput{FormID: "form_1", Field: "photo", Content: []byte(aPNG)}
	for name, c := range map[string]struct {
		change func(d *desk, in *leads.UploadInput)
		code   models.Code
	}{
		"nothing at all":        {func(_ *desk, in *leads.UploadInput) { in.Content = nil }, models.CodeInvalid},
		"a byte too many":       {func(_ *desk, in *leads.UploadInput) { in.Content = make([]byte, models.MaxFileSize+1) }, models.CodeTooLarge},
		"no image":              {func(_ *desk, in *leads.UploadInput) { in.Content = []byte(aPDF) }, models.CodeInvalid},
		"an image that scripts": {func(_ *desk, in *leads.UploadInput) { in.Content = []byte(aSVG) }, models.CodeInvalid},
		"an unknown field":      {func(_ *desk, in *leads.UploadInput) { in.Field = "logo" }, models.CodeInvalid},
		"a field of texts":      {func(_ *desk, in *leads.UploadInput) { in.Field = "more" }, models.CodeInvalid},
		"an unknown form": {func(d *desk, _ *leads.UploadInput) {
			d.form = func(string) (store.FormRecord, error) { return store.FormRecord{}, unknown() }
		}, models.CodeNotFound},
		"a form that is off": {func(d *desk, _ *leads.UploadInput) {
			record, _ := d.form("form_1")
			record.Form.Enabled = false
			d.form = func(string) (store.FormRecord, error) { return record, nil }
		}, models.CodeConflict},
		"a database that is away": {func(d *desk, _ *leads.UploadInput) { d.Files = &cabinet{err: away()} }, models.CodeUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, files := newFileDesk(t)
			in := fine
			c.change(d, &in)
			_, err := d.Upload(t.Context(), in)
			require.Equal(t, c.code, models.CodeOf(err))
			require.Empty(t, files.saved)
		})
	}
}

func TestAKeyForOtherAgentsTouchesNoFile(t *testing.T) {
	t.Parallel()
	d, files := newFileDesk(t)
	foreign := models.WithPrincipal(t.Context(), models.Principal{KeyID: "key_1", AgentIDs: []string{"agent_2"}})
	in := leads.UploadInput{FormID: "form_1", Field: "cv", Content: []byte(aPDF)}
	_, err := d.Upload(foreign, in)
	require.Equal(t, models.CodeForbidden, models.CodeOf(err))
	require.Empty(t, files.saved)

	out, err := d.Upload(t.Context(), in)
	require.NoError(t, err)
	_, err = d.File(foreign, leads.FileRef{ID: out.FileID})
	require.Equal(t, models.CodeForbidden, models.CodeOf(err))
}
