package leads_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/models"
)

// minutes keeps decisions, unless it says why not.
type minutes struct {
	mu      sync.Mutex
	kept    []models.GateDecision
	batches []int
	refuse  func(batch []models.GateDecision) error
}

func (m *minutes) AddDecisions(_ context.Context, batch []models.GateDecision) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.refuse != nil {
		if err := m.refuse(batch); err != nil {
			return err
		}
	}
	m.kept, m.batches = append(m.kept, batch...), append(m.batches, len(batch))
	return nil
}

func (m *minutes) refusing(err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.refuse = func([]models.GateDecision) error { return err }
}

// decisions are those that are kept, in order.
func (m *minutes) decisions() []models.GateDecision {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.kept)
}

// conversations are those of the decisions.
func (m *minutes) conversations() []string {
	var ids []string
	for _, d := range m.decisions() {
		ids = append(ids, d.ConversationID)
	}
	return ids
}

// noting makes a desk that notes what its gate decides, and runs the noting until
// it is stopped.
func noting(t *testing.T, kept *minutes, log *bytes.Buffer) (d *desk, stop func()) {
	t.Helper()
	d = atTheGate(t)
	d.Decisions = leads.NewDecisions(kept, slog.New(slog.NewTextHandler(log, nil)))
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() { d.Decisions.Run(ctx) })
	return d, func() {
		cancel()
		running.Wait()
	}
}

// ask asks the gate in a conversation.
func (d *desk) ask(t *testing.T, conversationID string) leads.QualifyOutput {
	t.Helper()
	answer, _ := d.Qualify(t.Context(), leads.QualifyInput{ // an error shows no form
		ID: "form_1", ConversationID: conversationID, SessionID: "session_1", FormData: models.Document(`{"budget":9000,"note":"Ada"}`),
	})
	return answer
}

func TestADecisionIsNotedBehindTheAnswer(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		kept := &minutes{}
		d, stop := noting(t, kept, &bytes.Buffer{})
		d.ask(t, "conv_1")
		d.ask(t, "") // nowhere to note it
		require.Empty(t, kept.conversations(), "nobody waits for it")
		<-time.After(time.Second)
		synctest.Wait()
		require.Empty(t, cmp.Diff([]models.GateDecision{{
			AgentID: "agent_1", ConversationID: "conv_1", SessionID: "session_1",
			FormID: "form_1", FormVersion: 3, FormName: "contact", At: start, Score: 40,
			Qualified: true, ShowForm: true, Reason: models.GateQualified, Reasons: []models.Reason{{Rule: "Big budget", Points: 40}},
		}}, kept.decisions(), cmpopts.IgnoreFields(models.GateDecision{}, "ID")))
		require.Regexp(t, `^gate_[0-9a-z]{26}$`, kept.decisions()[0].ID)
		d.ask(t, "conv_2")
		stop()
		require.Equal(t, []string{"conv_1", "conv_2"}, kept.conversations(), "and what is left when it stops")
	})
}

func TestDecisionsWaitForTheDatabase(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		kept := &minutes{}
		kept.refusing(away())
		d, stop := noting(t, kept, &log)
		d.ask(t, "conv_1")
		<-time.After(time.Minute)
		synctest.Wait()
		d.ask(t, "conv_2")
		require.Empty(t, kept.conversations())
		kept.refusing(nil)
		<-time.After(time.Second)
		synctest.Wait()
		require.Equal(t, []string{"conv_1", "conv_2"}, kept.conversations())
		stop()
		require.Equal(t, 1, bytes.Count(log.Bytes(), []byte("wait to be stored")), "a minute away is told once")
		require.NotContains(t, log.String(), "not stored")
	})
}

// What no database takes must not hold up what comes after it.
func TestDecisionsThatCannotBeStoredAreDropped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		kept := &minutes{}
		kept.refusing(errors.New("violates a constraint"))
		d, stop := noting(t, kept, &log)
		d.ask(t, "conv_1")
		<-time.After(time.Second)
		synctest.Wait()
		kept.refusing(nil)
		d.ask(t, "conv_2")
		stop()
		require.Equal(t, []string{"conv_2"}, kept.conversations())
		require.Contains(t, log.String(), `msg="decisions of the gate were not stored" count=1`)
	})
}

func TestDecisionsAreBounded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		kept := &minutes{}
		kept.refusing(away())
		d, stop := noting(t, kept, &log)
		answers := make(chan bool, 12_000)
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for i := range cap(answers) / 4 {
					answers <- d.ask(t, fmt.Sprint("conv_", i)).ShowForm
				}
			})
		}
		all.Wait()
		close(answers)
		for shown := range answers {
			require.True(t, shown, "nobody is refused for it")
		}
		kept.refusing(nil)
		<-time.After(time.Second)
		synctest.Wait()
		stop()
		require.Len(t, kept.conversations(), 10_000)
		require.Len(t, kept.batches, 10, "a batch has 1000 at most")
		require.Contains(t, log.String(), "count=2000")
	})
}

func TestWhatIsLostAtTheEndIsTold(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		kept := &minutes{}
		kept.refusing(away())
		d, stop := noting(t, kept, &log)
		d.ask(t, "conv_1")
		d.ask(t, "conv_2")
		stop()
		require.Contains(t, log.String(), "count=2")
	})
}
