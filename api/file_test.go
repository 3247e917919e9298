package api_test

import (
	"bytes"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/models"
)

// part is one part of an upload: a file where it has a file name.
type part struct{ name, filename, content string }

const (
	aPNG = "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
	aPDF = "%PDF-1.7\n"
)

// filePart is a file, whose type is a lie.
func filePart(filename, content string) part { return part{"file", filename, content} }

// encode writes parts as multipart/form-data, and returns its content type.
func encode(t *testing.T, parts ...part) (body, contentType string) {
	t.Helper()
	var buffer bytes.Buffer
	writer := multipart.NewWriter(&buffer)
	for _, part := range parts {
		header := textproto.MIMEHeader{}
		disposition := map[string]string{"name": part.name}
		if part.filename != "" {
			disposition["filename"] = part.filename
			header.Set("Content-Type", "application/octet-stream")
		}
		header.Set("Content-Disposition", mime.FormatMediaType("form-data", disposition))
		out, err := writer.CreatePart(header)
		require.NoError(t, err)
		_, err = out.Write([]byte(part.content))
		require.NoError(t, err)
	}
	require.NoError(t, writer.Close())
	return buffer.String(), writer.FormDataContentType()
}

func uploading(t *testing.T, parts ...part) option {
	t.Helper()
	body, contentType := encode(t, parts...)
	return func(r *http.Request) {
		r.Body = io.NopCloser(strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
	}
}

// aFileForm has a field for an image and one for any file.
func aFileForm(name string) object {
	form := aForm(name)
	form["fields"] = []object{{"name": "photo", "type": "image"}, {"name": "cv", "type": "file"}}
	return form
}

// upload stores a file and returns its id.
func (s *service) upload(t *testing.T, form, field, content string) string {
	t.Helper()
	answer := s.read(t, http.StatusCreated, http.MethodPost, "/v1/files",
		uploading(t, part{"formId", "", form}, part{"field", "", field}, filePart("a.bin", content)))
	return answer["fileId"].(string)
}

func TestAFileTravelsWithItsLead(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aFileForm("apply"))
	answer := s.call(t, http.MethodPost, "/v1/files",
		uploading(t, filePart(`Ada "1".png`, aPNG), part{"field", "", "photo"}, part{"formId", "", form})) // in whatever order
	require.Equal(t, http.StatusCreated, answer.Code, "%s", answer.Body)
	uploaded := decoded(t, answer)
	fileID := uploaded["fileId"].(string)
	require.Equal(t, "/v1/files/"+fileID, answer.Header().Get("Location"))
	want := object{"fileId": fileID, "name": `Ada "1".png`, "contentType": "image/png", "size": float64(len(aPNG))}
	require.Empty(t, cmp.Diff(want, uploaded))

	lead := s.submit(t, object{"formId": form, "formData": object{"photo": fileID, "cv": "data:text/html;base64,JVBERi0xLjcK"}})
	stored := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+lead)
	files := stored["files"].([]any)
	require.Len(t, files, 2)
	want["field"] = "photo"
	require.Empty(t, cmp.Diff(want, files[0]))
	cv := files[1].(object)
	require.Equal(t, object{"photo": fileID, "cv": cv["fileId"]}, stored["formData"])
	require.Equal(t, []any{"cv.pdf", "application/pdf", "cv"}, []any{cv["name"], cv["contentType"], cv["field"]})
	for id, content := range map[string]string{fileID: aPNG, cv["fileId"].(string): aPDF} {
		got := s.call(t, http.MethodGet, "/v1/files/"+id)
		require.Equal(t, http.StatusOK, got.Code)
		require.Equal(t, content, got.Body.String())
	}
}

func TestAFileIsServedToBeSavedOnly(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aFileForm("apply"))
	for name, c := range map[string]struct{ content, served string }{
		"a page":                {"<!doctype html><script>alert(1)</script>", "application/octet-stream"},
		"an image that scripts": {`<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`, "application/octet-stream"},
		"a document of XML":     {`<?xml version="1.0"?><?xml-stylesheet href="x"?><a/>`, "application/octet-stream"},
		"an image and a script": {"GIF89a/*\x00\x00\x00*/=1;alert(1)", "image/gif"},
		"a program":             {"\x7fELF\x02\x01\x01" + strings.Repeat("\x00", 64), "application/octet-stream"},
		"plain":                 {"hello", "text/plain; charset=utf-8"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			answer := s.call(t, http.MethodGet, "/v1/files/"+s.upload(t, form, "cv", c.content))
			require.Equal(t, http.StatusOK, answer.Code)
			require.Equal(t, c.content, answer.Body.String())
			header := answer.Header()
			require.Equal(t, c.served, header.Get("Content-Type"))
			require.Equal(t, "attachment; filename=a.bin", header.Get("Content-Disposition"))
			require.Equal(t, "nosniff", header.Get("X-Content-Type-Options"))
			require.Equal(t, "sandbox; default-src 'none'", header.Get("Content-Security-Policy"))
			require.Equal(t, "private, no-store", header.Get("Cache-Control"))
			require.Regexp(t, `^"[0-9a-f]{64}"$`, header.Get("ETag"))
		})
	}
}

func TestNamesOfFilesBreakNoHeader(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aFileForm("apply"))
	for given, want := range map[string]string{
		"../../etc/passwd":              "passwd",
		`C:\fakepath\me.png`:            "me.png",
		"two\r\nX-Evil: 1.png":          "twoX-Evil: 1.png",
		"invoice\u202egnp.exe":          "invoicegnp.exe",
		`a";filename="b.exe`:            `a";filename="b.exe`,
		"Lebenslauf – März 😀.pdf":       "Lebenslauf – März 😀.pdf",
		"..":                            "file",
		strings.Repeat("😀", 400):        strings.Repeat("😀", 255),
		"50%.txt":                       "50%.txt",
		"utf-8''%0d%0a; filename*=x.js": "utf-8''%0d%0a; filename*=x.js",
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			uploaded := s.read(t, http.StatusCreated, http.MethodPost, "/v1/files",
				uploading(t, part{"formId", "", form}, part{"field", "", "cv"}, filePart(given, aPDF)))
			require.Equal(t, want, uploaded["name"])
			answer := s.call(t, http.MethodGet, "/v1/files/"+uploaded["fileId"].(string))
			kind, params, err := mime.ParseMediaType(answer.Header().Get("Content-Disposition"))
			require.NoError(t, err)
			require.Equal(t, "attachment", kind)
			require.Equal(t, map[string]string{"filename": want}, params)
			require.Empty(t, answer.Header().Get("X-Evil"))
		})
	}
}

func TestTheLargestFile(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aFileForm("apply"))
	largest := strings.Repeat("0123456\n", models.MaxFileSize/8)
	answer := s.call(t, http.MethodGet, "/v1/files/"+s.upload(t, form, "cv", largest))
	require.Equal(t, largest, answer.Body.String())
	require.Equal(t, "5242880", answer.Header().Get("Content-Length"))
	for _, more := range []int{1, 100 << 10} { // in the file, and past what the whole body may have
		problem := s.read(t, http.StatusRequestEntityTooLarge, http.MethodPost, "/v1/files",
			uploading(t, part{"formId", "", form}, part{"field", "", "cv"}, filePart("a", largest+strings.Repeat("x", more))))
		require.Equal(t, "too_large", problem["code"])
	}
}
