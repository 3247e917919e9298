package store_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/pgtest"
	"leadrail/internal/store"
	"leadrail/models"
)

// closedPort is the URL of a database at a port where nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	require.NoError(t, listener.Close())
	return "postgres://leadrail:pa55word@" + listener.Addr().String() + "/leadrail?connect_timeout=5"
}

// call is one method of the store.
type call struct {
	name string
	run  func(ctx context.Context, s *store.Store) error
}

// calls are the methods with arguments that are fine, the text aside.
func calls(text string) []call {
	lead := aLead("sub_1")
	lead.ConversationID = text
	delivery := deliveriesOf(lead, "crm")
	delivery[0].Error = text
	attempt := models.Attempt{DeliveryID: "dlv_" + text, RunSeq: 1, N: 1, StartedAt: start, FinishedAt: &start, Response: text}
	form := aForm("crm")
	form.Form.Name = text
	outcome := models.DeliveryOutcome{DeliveryID: "dlv_crm", Verdict: models.Verdict{Outcome: models.OutcomeGiveUp, Message: text}}
	return []call{
		{"Persist", func(ctx context.Context, s *store.Store) error { _, err := s.Persist(ctx, lead, delivery); return err }},
		{"OpenAttempt", func(ctx context.Context, s *store.Store) error { _, err := s.OpenAttempt(ctx, attempt); return err }},
		{"CloseAttempt", func(ctx context.Context, s *store.Store) error { return s.CloseAttempt(ctx, attempt) }},
		{"MarkRetrying", func(ctx context.Context, s *store.Store) error {
			return s.MarkRetrying(ctx, store.Retry{SubmissionID: text, DeliveryID: text})
		}},
		{"Finalize", func(ctx context.Context, s *store.Store) error {
			return s.Finalize(ctx, text, 1, models.Conclusion{Outcomes: []models.DeliveryOutcome{outcome}}, start)
		}},
		{"BeginReplay", func(ctx context.Context, s *store.Store) error {
			_, err := s.BeginReplay(ctx, store.Replay{SubmissionID: text, RunSeq: 1, DeliveryIDs: []string{text}, At: start})
			return err
		}},
		{"Target", func(ctx context.Context, s *store.Store) error { _, err := s.Target(ctx, text, 1); return err }},
		{"Submission", func(ctx context.Context, s *store.Store) error { _, err := s.Submission(ctx, text); return err }},
		{"Submissions", func(ctx context.Context, s *store.Store) error {
			_, err := s.Submissions(ctx, store.SubmissionFilter{FormID: text, Limit: 1})
			return err
		}},
		{"SaveConversation", func(ctx context.Context, s *store.Store) error {
			_, err := s.SaveConversation(ctx, aChat("agent_1", text))
			return err
		}},
		{"ConversationsOf", func(ctx context.Context, s *store.Store) error {
			_, err := s.ConversationsOf(ctx, text, nil)
			return err
		}},
		{"Conversations", func(ctx context.Context, s *store.Store) error {
			_, err := s.Conversations(ctx, store.ConversationFilter{AgentIDs: []string{text}, Limit: 1})
			return err
		}},
		{"LeadsOf", func(ctx context.Context, s *store.Store) error {
			_, err := s.LeadsOf(ctx, store.ConversationKey{AgentID: "agent_1", ID: text}, 1)
			return err
		}},
		{"AddDecisions", func(ctx context.Context, s *store.Store) error {
			return s.AddDecisions(ctx, []models.GateDecision{aDecision(1, text)})
		}},
		{"Decisions", func(ctx context.Context, s *store.Store) error {
			_, err := s.Decisions(ctx, store.ConversationKey{AgentID: "agent_1", ID: text}, 1)
			return err
		}},
		{"CreateForm", func(ctx context.Context, s *store.Store) error { return s.CreateForm(ctx, form) }},
		{"ReplaceForm", func(ctx context.Context, s *store.Store) error { return s.ReplaceForm(ctx, form) }},
		{"Form", func(ctx context.Context, s *store.Store) error { _, err := s.Form(ctx, text); return err }},
		{"FormVersion", func(ctx context.Context, s *store.Store) error { _, err := s.FormVersion(ctx, text, 1); return err }},
		{"FormVersions", func(ctx context.Context, s *store.Store) error { _, err := s.FormVersions(ctx, text); return err }},
		{"Forms", func(ctx context.Context, s *store.Store) error {
			_, err := s.Forms(ctx, store.FormFilter{AgentIDs: []string{text}, Limit: 1})
			return err
		}},
		{"DisableDestination", func(ctx context.Context, s *store.Store) error {
			return s.DisableDestination(ctx, text, text, start)
		}},
		{"EnsureSecret", func(ctx context.Context, s *store.Store) error {
			_, err := s.EnsureSecret(ctx, models.Secret{FormID: text, Current: models.Sealed("sealed"), UpdatedAt: start})
			return err
		}},
		{"RotateSecret", func(ctx context.Context, s *store.Store) error {
			_, err := s.RotateSecret(ctx, models.Secret{FormID: text, Current: models.Sealed("sealed"), UpdatedAt: start})
			return err
		}},
		{"SaveMail", func(ctx context.Context, s *store.Store) error {
			return s.SaveMail(ctx, models.Mail{ID: "mail_1", Subject: text, Recipients: []string{}, SentAt: start})
		}},
		{"Mail", func(ctx context.Context, s *store.Store) error { _, err := s.Mail(ctx, text); return err }},
	}
}

func TestDatabaseAwayIsUnavailable(t *testing.T) {
	t.Parallel()
	s := open(t, closedPort(t))
	all := append(calls("x"),
		call{"Ping", func(ctx context.Context, s *store.Store) error { return s.Ping(ctx) }},
		call{"Mails", func(ctx context.Context, s *store.Store) error { _, err := s.Mails(ctx, 1); return err }},
		call{"HasEmailActions", func(ctx context.Context, s *store.Store) error { _, err := s.HasEmailActions(ctx); return err }},
	)
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.run(t.Context(), s)
			requireCode(t, models.CodeUnavailable, err)
			var shown *models.Error
			require.ErrorAs(t, err, &shown)
			require.Equal(t, "database_unavailable", shown.Reason)
			require.NotContains(t, shown.Error(), "127.0.0.1", "callers see the message")
			require.NotContains(t, err.Error(), "pa55word", "and the log sees the rest")
		})
	}
}

func TestTextThatPostgresCannotHold(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	require.NoError(t, s.CreateForm(t.Context(), aForm("crm")))
	storeLead(t, s, aLead("sub_2"), "crm")
	for name, text := range map[string]string{"U+0000": "a\x00b", "not UTF-8": "a\xffb"} {
		for _, c := range calls(text) {
			t.Run(c.name+" "+name, func(t *testing.T) {
				t.Parallel()
				require.Contains(t, []models.Code{models.CodeInvalid, models.CodeNotFound}, models.CodeOf(c.run(t.Context(), s)))
			})
		}
	}
}

func TestCancelledCallEndsAtOnce(t *testing.T) {
	t.Parallel()
	s := newStore(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, c := range calls("x") {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			require.ErrorIs(t, c.run(ctx, s), context.Canceled)
		})
	}
}

func TestSlowDatabaseIsUnavailable(t *testing.T) {
	t.Parallel()
	url := pgtest.New(t)
	s := open(t, url)
	lock, err := connect(t, url).Begin(t.Context())
	require.NoError(t, err)
	_, err = lock.Exec(t.Context(), "LOCK TABLE submissions")
	require.NoError(t, err)

	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = s.Submission(ctx, "sub_1")
	requireCode(t, models.CodeUnavailable, err)
	require.NoError(t, lock.Rollback(t.Context()))
}
