package api_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestUploadsThatAreRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aFileForm("apply"))
	formID, cv, photo := part{"formId", "", form}, part{"field", "", "cv"}, part{"field", "", "photo"}
	pdf := filePart("cv.pdf", aPDF)
	body, contentType := encode(t, formID, cv, pdf)
	for name, c := range map[string]struct {
		send   option
		status int
		code   string
		// field is the place of the problem.
		field string
	}{
		"no file":              {uploading(t, formID, cv), 422, "invalid", "file"},
		"an empty file":        {uploading(t, formID, cv, filePart("cv.pdf", "")), 422, "invalid", "file"},
		"no image":             {uploading(t, formID, photo, pdf), 422, "invalid", "file"},
		"an SVG":               {uploading(t, formID, photo, filePart("a.png", `<svg xmlns="http://www.w3.org/2000/svg"/>`)), 422, "invalid", "file"},
		"no field":             {uploading(t, formID, pdf), 422, "invalid", "field"},
		"a field there is not": {uploading(t, formID, part{"field", "", "logo"}, pdf), 422, "invalid", "field"},
		"no form":              {uploading(t, cv, pdf), 422, "invalid", "formId"},
		"a form there is not":  {uploading(t, part{"formId", "", "form_\x00"}, cv, pdf), 404, "not_found", ""},
		"two files":            {uploading(t, formID, cv, pdf, pdf), 400, "duplicate_field", "file"},
		"two fields":           {uploading(t, formID, cv, photo, pdf), 400, "duplicate_field", "field"},
		"another part":         {uploading(t, formID, cv, part{"feild", "", "x"}, pdf), 400, "unknown_field", "feild"},
		"a part without name":  {uploading(t, formID, cv, part{"", "", "x"}, pdf), 400, "unknown_field", ""},
		"no parts at all":      {raw(body, strings.ReplaceAll(contentType, "boundary=", "boundary=x")), 400, "malformed", ""},
		"no boundary":          {raw(body, "multipart/form-data"), 400, "malformed", ""},
		"JSON":                 {sending(t, object{"formId": form}), 400, "malformed", ""},
		"nothing":              {raw("", contentType), 400, "malformed", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			problem := s.read(t, c.status, http.MethodPost, "/v1/files", c.send)
			require.Equal(t, c.code, problem["code"])
			if c.field != "" {
				require.Equal(t, c.field, problem["errors"].([]any)[0].(object)["field"])
			}
		})
	}
}

// raw sends a text as the content type.
func raw(body, contentType string) option {
	return func(r *http.Request) {
		r.Body = io.NopCloser(strings.NewReader(body))
		r.Header.Set("Content-Type", contentType)
	}
}

func TestAnUploadThatIsCutOffIsNotStored(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aFileForm("apply"))
	body, contentType := encode(t, part{"formId", "", form}, part{"field", "", "cv"}, filePart("cv.pdf", aPDF+strings.Repeat("x", 100)))
	for length := range strings.TrimSuffix(body, "--\r\n") { // what comes then only ends the last line
		answer := s.call(t, http.MethodPost, "/v1/files", raw(body[:length], contentType))
		require.Contains(t, []int{http.StatusBadRequest, http.StatusUnprocessableEntity}, answer.Code, "%d of %d bytes", length, len(body))
	}
	stored, err := s.store.SweepFiles(t.Context(), time.Now().AddDate(1, 0, 0), 1)
	require.NoError(t, err)
	require.Zero(t, stored)
}

func TestAFileOfAnotherFormOrLeadIsRefused(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form, other := s.create(t, aFileForm("apply")), aFileForm("apply")
	other["agentId"] = "agent_other"
	foreign := s.create(t, other)
	refused := func(form, field, fileID string) {
		t.Helper()
		problem := s.read(t, http.StatusUnprocessableEntity, http.MethodPost, "/v1/submissions",
			sending(t, object{"formId": form, "formData": object{field: fileID}}))
		found := problem["errors"].([]any)[0].(object)
		require.Equal(t, []any{"formData." + field, "file"}, []any{found["field"], found["code"]})
	}
	cv := s.upload(t, form, "cv", aPDF)
	refused(foreign, "cv", cv)
	refused(form, "photo", cv)
	refused(form, "cv", "file_01jd9zk9a0b1c2d3e4f5g6h7j8")

	keyed := with("Idempotency-Key", "key-1")
	lead := object{"formId": form, "formData": object{"cv": cv, "photo": "data:image/png;base64,iVBORw0KGgoAAAANSUhEUg=="}}
	first := s.read(t, http.StatusAccepted, http.MethodPost, "/v1/submissions", sending(t, lead), keyed)
	stored := s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+first["submissionId"].(string))
	refused(form, "cv", cv)

	again := s.call(t, http.MethodPost, "/v1/submissions", sending(t, lead), keyed)
	require.Equal(t, http.StatusAccepted, again.Code, "%s", again.Body)
	require.Equal(t, "true", again.Header().Get("Idempotent-Replayed"))
	require.Equal(t, first, decoded(t, again))
	require.Equal(t, stored, s.read(t, http.StatusOK, http.MethodGet, "/v1/submissions/"+first["submissionId"].(string)))

	lead["formData"] = object{"cv": s.upload(t, form, "cv", aPDF)}
	problem := s.read(t, http.StatusConflict, http.MethodPost, "/v1/submissions", sending(t, lead), keyed)
	require.Equal(t, "idempotency_key_reused", problem["code"])
	s.submit(t, lead) // under a key of its own the file is as good as before
}

// slowBody waits after its first bytes.
type slowBody struct {
	io.Reader
	wait  <-chan time.Time
	begun func()
}

func (b *slowBody) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p[:min(len(p), 64)])
	if b.begun != nil {
		b.begun()
		b.begun = nil
		<-b.wait
	}
	return n, err
}

func TestASlowUploadHasMoreTimeThanOtherRequests(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aFileForm("apply"))
	server := httptest.NewUnstartedServer(s.handler)
	const others = 100 * time.Millisecond
	server.Config.ReadTimeout, server.Config.WriteTimeout = others, others
	server.Start()
	t.Cleanup(server.Close)
	body, contentType := encode(t, part{"formId", "", form}, part{"field", "", "cv"}, filePart("cv.pdf", aPDF))
	slow := &slowBody{Reader: strings.NewReader(body), wait: time.After(3 * others), begun: func() {}}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, server.URL+"/v1/files", slow)
	require.NoError(t, err)
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Authorization", "Bearer "+adminKey)
	answer, err := server.Client().Do(request)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusCreated, answer.StatusCode)
}

func TestOnlySoManyUploadsAtATime(t *testing.T) {
	t.Parallel()
	s := newService(t)
	form := s.create(t, aFileForm("apply"))
	body, contentType := encode(t, part{"formId", "", form}, part{"field", "", "cv"}, filePart("cv.pdf", aPDF))
	post := func(body io.Reader) int {
		request := httptest.NewRequestWithContext(context.Background(), http.MethodPost, "/v1/files", body)
		request.Header.Set("Content-Type", contentType)
		request.Header.Set("Authorization", "Bearer "+adminKey)
		answer := httptest.NewRecorder()
		s.handler.ServeHTTP(answer, request)
		return answer.Code
	}
	const most = 32
	release := make(chan time.Time)
	var arriving, all sync.WaitGroup
	arriving.Add(most)
	codes := make([]int, most)
	for i := range most {
		all.Go(func() {
			codes[i] = post(&slowBody{Reader: strings.NewReader(body), wait: release, begun: arriving.Done})
		})
	}
	arriving.Wait()
	require.Equal(t, http.StatusServiceUnavailable, post(bytes.NewReader([]byte(body))))
	close(release)
	all.Wait()
	for _, code := range codes {
		require.Equal(t, http.StatusCreated, code)
	}
	require.Equal(t, http.StatusCreated, post(strings.NewReader(body)), "there is room again")
}
