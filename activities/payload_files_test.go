package activities_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/store"
	"leadrail/models"
)

func TestWebhookBodyDescribesTheFilesOfALead(t *testing.T) {
	t.Parallel()
	cv := models.LeadFile{FileID: "file_1", Field: "cv", Name: "Lebenslauf <Ada>.pdf", ContentType: "application/pdf", Size: 48213}
	body := sent(t, func(job *store.Job) {
		job.Submission.FormData, job.Submission.Files = models.Document(`{"cv":"file_1"}`), []models.LeadFile{cv}
	})
	var got struct {
		FormData map[string]string `json:"formData"`
		Files    []models.LeadFile `json:"files"`
	}
	require.NoError(t, json.Unmarshal(body, &got))
	require.Equal(t, map[string]string{"cv": "file_1"}, got.FormData)
	require.Empty(t, cmp.Diff([]models.LeadFile{cv}, got.Files))
}
