package models_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		known string
		valid func(string) bool
	}{
		{"pending retrying completed failed", func(s string) bool { return models.Status(s).Valid() }},
		{"pending retrying delivered failed dismissed", func(s string) bool { return models.DeliveryStatus(s).Valid() }},
		{"webhook email", func(s string) bool { return models.ActionType(s).Valid() }},
		{"json any", func(s string) bool { return models.ResponseRule(s).Valid() }},
		{"text email tel textarea number select multiselect date", func(s string) bool { return models.FieldType(s).Valid() }},
	} {
		for word := range strings.FieldsSeq(c.known) {
			require.True(t, c.valid(word), word)
			require.False(t, c.valid(strings.ToUpper(word)), word)
		}
		require.False(t, c.valid(""))
		require.False(t, c.valid("other"))
	}
}

func TestTerminal(t *testing.T) {
	t.Parallel()
	for status, terminal := range map[models.Status]bool{
		models.StatusPending: false, models.StatusRetrying: false, models.StatusCompleted: true, models.StatusFailed: true,
	} {
		require.Equal(t, terminal, status.Terminal(), status)
	}
}

func TestError(t *testing.T) {
	t.Parallel()
	err := &models.Error{Code: models.CodeInvalid, Message: "The form has problems."}
	require.EqualError(t, err, "The form has problems.")
	err.Fields = []models.FieldError{
		{Field: "name", Code: "required", Message: "Name it."}, {Field: "fields[0].type", Code: "option", Message: "Unknown."},
	}
	require.EqualError(t, err, "The form has problems: name: Name it.; fields[0].type: Unknown.")
	require.EqualError(t, models.Errorf(models.CodeConflict, "%d of %s", 7, "x"), "7 of x")
	require.Equal(t, []models.FieldError{{Field: "a", Code: "b", Message: "c"}}, models.InvalidField("a", "b", "c").Fields)
}

func TestCodeOf(t *testing.T) {
	t.Parallel()
	coded := models.Errorf(models.CodeNotFound, "x")
	for want, err := range map[models.Code]error{
		"":                     nil,
		models.CodeInternal:    errors.New("x"),
		models.CodeNotFound:    fmt.Errorf("read: %w", coded),
		models.CodeUnavailable: errors.Join(models.Errorf(models.CodeUnavailable, "x"), errors.New("y")),
	} {
		require.Equal(t, want, models.CodeOf(err))
	}
}

func TestCallerID(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "conv_1", "😀 with spaces", strings.Repeat("é", models.MaxCallerID)} {
		require.NoError(t, models.CheckCallerID(id), id)
	}
	for _, id := range []string{"a\x00", "a\nb", "\t", "\x7f", strings.Repeat("é", models.MaxCallerID+1)} {
		require.Error(t, models.CheckCallerID(id), id)
	}
}

func TestLinks(t *testing.T) {
	t.Parallel()
	const conversations, leads = "https://chat.example.com/{conversationId}?again={conversationId}", "https://example.com/{submissionId}"
	require.Equal(t, "https://chat.example.com/a%2Fb%3F?again=a%2Fb%3F", models.ConversationURL(conversations, "a/b?"))
	require.Equal(t, "https://chat.example.com/%7BconversationId%7D?again=%7BconversationId%7D",
		models.ConversationURL(conversations, "{conversationId}"), "an id is filled in once")
	require.Equal(t, "https://chat.example.com/a%20b%26again%3Dc%2Bd%23e?again=a%20b%26again%3Dc%2Bd%23e",
		models.ConversationURL(conversations, "a b&again=c+d#e"), "an id adds nothing to a query")
	require.Empty(t, models.ConversationURL("", "conv_1"))
	require.Empty(t, models.ConversationURL(conversations, ""))
	require.Equal(t, "https://example.com/sub_1", models.LeadURL(leads, "sub_1"))
	require.Empty(t, models.LeadURL("", "sub_1"))
}
