package api_test

import (
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestRetryAndCancel(t *testing.T) {
	t.Parallel()
	s := newService(t)
	lead := s.submit(t, object{"formId": s.create(t, aForm("contact_form")), "formData": object{"email": "a@b.co"}})
	s.runs.woken = []string{"dlv_1"}
	want := object{"submissionId": lead, "deliveryIds": []any{"dlv_1"}}
	for _, body := range []any{"", "{}"} {
		require.Empty(t, cmp.Diff(want, s.read(t, http.StatusAccepted, http.MethodPost, "/v1/submissions/"+lead+"/retry", sending(t, body))))
	}
	for _, body := range []any{"", "{}", object{"reason": "a duplicate"}} {
		require.Empty(t, cmp.Diff(object{"submissionId": lead}, s.read(t, http.StatusAccepted, http.MethodPost, "/v1/submissions/"+lead+"/cancel", sending(t, body))))
	}
	s.read(t, http.StatusUnprocessableEntity, http.MethodPost, "/v1/submissions/"+lead+"/cancel", sending(t, object{"reason": "a\nb"}))
	s.read(t, http.StatusNotFound, http.MethodPost, "/v1/submissions/sub_none/retry", sending(t, ""))

	s.runs.steerErr = &models.Error{Code: models.CodeConflict, Reason: "nothing_waiting", Message: "Nothing waits; replay it."}
	refused := s.read(t, http.StatusConflict, http.MethodPost, "/v1/submissions/"+lead+"/retry", sending(t, ""))
	require.Equal(t, "nothing_waiting", refused["code"])
	require.Contains(t, refused["detail"], "replay")
}
