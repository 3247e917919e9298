package e2e_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// onePixel is the smallest PNG image that browsers show.
const onePixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

// upload sends a file for a field of a form and returns its id.
func (m *machine) upload(form, field, name string, content []byte) string {
	m.t.Helper()
	var body bytes.Buffer
	parts := multipart.NewWriter(&body)
	require.NoError(m.t, parts.WriteField("formId", form))
	require.NoError(m.t, parts.WriteField("field", field))
	file, err := parts.CreateFormFile("file", name)
	require.NoError(m.t, err)
	_, err = file.Write(content)
	require.NoError(m.t, err)
	require.NoError(m.t, parts.Close())
	request, err := http.NewRequest(http.MethodPost, "http://"+m.api+"/v1/files", &body)
	require.NoError(m.t, err)
	request.Header.Set("Authorization", "Bearer "+m.adminKey)
	request.Header.Set("Content-Type", parts.FormDataContentType())
	answer, err := http.DefaultClient.Do(request)
	require.NoError(m.t, err)
	defer answer.Body.Close()
	require.Equal(m.t, http.StatusCreated, answer.StatusCode)
	var uploaded struct {
		FileID string `json:"fileId"`
	}
	require.NoError(m.t, json.NewDecoder(answer.Body).Decode(&uploaded))
	return uploaded.FileID
}

// download reads a file.
func (m *machine) download(fileID string) (http.Header, []byte) {
	m.t.Helper()
	request, err := http.NewRequest(http.MethodGet, "http://"+m.api+"/v1/files/"+fileID, http.NoBody)
	require.NoError(m.t, err)
	request.Header.Set("Authorization", "Bearer "+m.adminKey)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(m.t, err)
	defer answer.Body.Close()
	require.Equal(m.t, http.StatusOK, answer.StatusCode)
	content, err := io.ReadAll(answer.Body)
	require.NoError(m.t, err)
	return answer.Header, content
}

// A visitor uploads an image and sends a second one inside the form data. Both
// reach the webhook by their ids, and whoever has a key can fetch them.
func TestFilesTravelWithTheirLead(t *testing.T) {
	t.Parallel()
	sink := newReceiver(t, http.StatusOK)
	m := newMachine(t, "LEADRAIL_ALLOW_CIDRS=127.0.0.0/8")
	m.up()
	var form struct {
		ID string `json:"id"`
	}
	require.Equal(t, http.StatusCreated, m.call(http.MethodPost, "/v1/forms", map[string]any{
		"agentId": "agent_e2e", "name": "apply",
		"fields":  []map[string]any{{"name": "photo", "type": "image"}, {"name": "sketch", "type": "image"}},
		"webhook": map[string]any{"url": sink.URL},
	}, &form))

	pixel, err := base64.StdEncoding.DecodeString(onePixel)
	require.NoError(t, err)
	photo := slices.Concat(pixel, bytes.Repeat([]byte("more"), 1<<20)) // far more than fits into form data
	photoID := m.upload(form.ID, "photo", "Ada – Büro.png", photo)
	var accepted submission
	require.Equal(t, http.StatusAccepted, m.call(http.MethodPost, "/v1/submissions", map[string]any{
		"formId": form.ID, "formData": map[string]any{"photo": photoID, "sketch": "data:image/png;base64," + onePixel},
	}, &accepted))
	m.waitFor(accepted.SubmissionID, "completed", allDelivered)

	arrivals := sink.all()
	require.Len(t, arrivals, 1)
	files := arrivals[0].Body["files"].([]any)
	require.Len(t, files, 2)
	require.Equal(t, map[string]any{
		"fileId": photoID, "field": "photo", "name": "Ada – Büro.png", "contentType": "image/png", "size": float64(len(photo)),
	}, files[0])
	sketch := files[1].(map[string]any)
	require.Equal(t, map[string]any{"photo": photoID, "sketch": sketch["fileId"]}, arrivals[0].Body["formData"])

	header, content := m.download(photoID)
	require.True(t, bytes.Equal(photo, content))
	require.Contains(t, header.Get("Content-Disposition"), "attachment; filename*=utf-8''Ada%20%E2%80%93%20B%C3%BCro.png")
	_, content = m.download(sketch["fileId"].(string))
	require.Equal(t, pixel, content)
	require.Equal(t, 2, m.number(`SELECT count(*) FROM files WHERE submission_id = $1`, accepted.SubmissionID))
}
