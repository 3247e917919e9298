package models_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"formId", "formData", "sessionId", "context", "consent", "é", "naïve", strings.Repeat("k", 64)}
	for written, meant := range map[string]string{
		"formid":                "formId",
		"FORMDATA":              "formData",
		"fromId":                "formId", // two characters that changed places
		"formIdd":               "formId",
		"formDta":               "formData",
		"consest":               "consent",
		"contett":               "context",
		"conzent":               "consent",
		"naive":                 "naïve",
		"É":                     "é",
		"frmDat":                "formData",
		"frmDt":                 "", // three
		"formIdxyz":             "",
		"phone":                 "",
		"x":                     "", // a name with nothing in common
		"":                      "",
		strings.Repeat("k", 65): "", // longer than any name
	} {
		near, found := models.Nearest(written, known)
		require.Equal(t, meant, near, written)
		require.Equal(t, meant != "", found, written)
	}
	_, found := models.Nearest("formId", nil)
	require.False(t, found)

	first, _ := models.Nearest("cat", []string{"bat", "rat"})
	require.Equal(t, "bat", first, "of equally near ones the first")
}
