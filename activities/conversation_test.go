package activities_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/mail"
	"leadrail/internal/store"
)

// The link that an agent told of a conversation takes the place of the
// installation's, wherever the lead is shown.
func TestTheLinkThatTheAgentTold(t *testing.T) {
	t.Parallel()
	const link = "https://inbox.example.com/c/1?tab=chat&x=1"
	told := func(job *store.Job) {
		job.Submission.ConversationID, job.Submission.ConversationURL = "conv/1", link
	}
	require.Contains(t, string(sent(t, told)), `"conversationUrl":"`+link+`"`)

	require.Contains(t, message(t, told), "<https://inbox.example.com/c/1?tab=chat&amp;x=1|")

	l := newLetter(t)
	told(&l.job)
	want := aMailLead()
	want.ConversationURL = link
	requireTells(t, want, mail.DefaultSubject, l.keptMail(t))
}
