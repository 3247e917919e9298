package e2e_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// How many leads a relay starts at a time, oldest first, and how many it lets the
// workers have at a time: how far a lead may be started, and delivered, from its
// place.
const (
	relayParallel = 8
	relayBatch    = 64
)

// requireOrder checks that leads were started and delivered in the order in which
// they waited for Temporal to return, give or take what goes on at a time. On a
// machine that others keep busy a delivery may take seconds: the short tests only
// measure these.
func (m *machine) requireOrder(f *flow, waited []string, returned time.Time) {
	m.t.Helper()
	server := m.dialTemporal()
	var started map[string]time.Time
	unlisted := func(id string) bool { return started[id].IsZero() }
	require.Eventually(m.t, func() bool {
		started = m.startTimes(server, f.FormID)
		return !slices.ContainsFunc(waited, unlisted)
	}, allDelivered, pollEvery, "Temporal lists its workflows a moment later")
	arrived := map[string]time.Time{}
	for _, id := range waited {
		arrived[id] = f.Ledger.Entry(id).Arrivals[0].At
	}
	// Of some, Temporal had started the workflow when it went away, and not said so.
	waited = slices.DeleteFunc(waited, func(id string) bool { return started[id].Before(returned) })
	startedOff, arrivedOff := displacement(waited, started), displacement(waited, arrived)
	m.t.Logf("%s: %d leads waited; at most %d places off when started, %d when delivered",
		f.name, len(waited), startedOff, arrivedOff)
	require.Less(m.t, startedOff, relayParallel)
	if long() {
		require.Less(m.t, arrivedOff, len(f.Bases)*relayBatch)
	}
}

// displacement is how far the lead that is farthest from its place is from it,
// when the leads are put in the order of the times.
func displacement(ids []string, at map[string]time.Time) int {
	ordered := slices.Clone(ids)
	slices.SortStableFunc(ordered, func(a, b string) int { return at[a].Compare(at[b]) })
	place := map[string]int{}
	for i, id := range ordered {
		place[id] = i
	}
	farthest := 0
	for i, id := range ids {
		farthest = max(farthest, place[id]-i, i-place[id])
	}
	return farthest
}

// startTimes asks Temporal when the workflows of a form's leads were started: of
// those that it lists already.
func (m *machine) startTimes(server client.Client, formID string) map[string]time.Time {
	started := map[string]time.Time{}
	request := &workflowservice.ListWorkflowExecutionsRequest{
		Namespace: client.DefaultNamespace, PageSize: 1000, Query: fmt.Sprintf("LeadForm = %q", formID),
	}
	for {
		page, err := server.ListWorkflow(m.t.Context(), request)
		if err != nil {
			return started
		}
		for _, run := range page.GetExecutions() {
			id := run.GetExecution().GetWorkflowId()[len("lead-"):]
			started[id] = run.GetStartTime().AsTime()
		}
		if request.NextPageToken = page.GetNextPageToken(); len(request.GetNextPageToken()) == 0 {
			return started
		}
	}
}
