package e2e_test

import (
	"net/http"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/internal/mail/mailtest"
)

// longestPerLead times the leads bounds the whole, on a machine that is slow and
// busy with other things.
const longestPerLead = 300 * time.Millisecond

// What the product promises, for every sample lead at once: each is taken in,
// scored, routed, and delivered by each of its actions, exactly once and as the
// visitor wrote it. What is expected is worked out by hand in samples_wanted_test.go.
//
// All 2,000 leads are the business of make samples; without LEADRAIL_LONG it is
// every fourth one.
func TestEverySampleLead(t *testing.T) {
	t.Parallel()
	provider := mailtest.NewSendGrid(t)
	m := newMachine(t, append(mailedBy(provider), "LEADRAIL_LOG_LEVEL=warn")...)
	leadrail := m.up()
	endpoint := newReceiver(t, http.StatusOK)
	slack := newReceiver(t, http.StatusOK)
	forms := m.createSampleForms(endpoint.URL, slack.URL+"/slack")
	m.createTeams()
	every := 4
	if os.Getenv("LEADRAIL_LONG") != "" {
		every = 1
	}
	samples := readSamples(t, every)

	start := time.Now()
	ids := m.sendAll(samples, forms)
	accepted := time.Since(start)
	results := m.finished(endpoint, len(samples), time.Duration(len(samples))*longestPerLead)
	t.Logf("%d leads accepted within %s, finished within %s", len(samples), accepted, time.Since(start))

	outcomes, bodies, mails := map[string]outcome{}, map[string][]webhook{}, map[string][]mail{}
	var messages []string
	teams := map[string]int{}
	for i, sample := range samples {
		outcomes[ids[i]] = sample.outcome()
		bodies[ids[i]] = []webhook{sample.webhook(ids[i])}
		if to := sample.mailTo(); to != "" {
			mails[ids[i]] = []mail{{Status: http.StatusAccepted, To: to, ReplyTo: sample.text("email")}}
		}
		if text := sample.slack(); text != "" {
			messages = append(messages, text)
		}
		teams[sample.team()]++
	}
	require.Len(t, outcomes, len(samples), "no id twice")
	require.Empty(t, cmp.Diff(outcomes, outcomesOf(results)))
	require.Empty(t, cmp.Diff(bodies, webhooksOf(endpoint.all())))
	require.Empty(t, cmp.Diff(mails, mailsOf(provider.All())))
	slices.Sort(messages)
	require.Empty(t, cmp.Diff(messages, messagesOf(slack.all())))
	require.Empty(t, cmp.Diff(assignments(teams), assignmentsOf(results)))
	require.Equal(t, 0, leadrail.stop())
}
