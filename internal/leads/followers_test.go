package leads_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/leads"
	"leadrail/internal/store"
	"leadrail/models"
	"leadrail/workflows"
)

// progressRows is where leads are looked up, and how often.
type progressRows struct {
	mu    sync.Mutex
	rows  map[string]store.Progress
	err   error
	looks [][]string
}

func (l *progressRows) Progress(_ context.Context, ids []string) (map[string]store.Progress, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.looks = append(l.looks, slices.Sorted(slices.Values(ids)))
	return l.rows, l.err
}

// is sets how far a lead is.
func (l *progressRows) is(id string, status models.Status, deliveries ...store.DeliveryProgress) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rows := map[string]store.Progress{id: {SubmissionID: id, Status: status, Deliveries: deliveries}}
	for other, row := range l.rows {
		if other != id {
			rows[other] = row
		}
	}
	l.rows = rows
}

func (l *progressRows) erase() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = nil
}

func (l *progressRows) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
}

// asked returns the looks since it was called last.
func (l *progressRows) asked() [][]string {
	l.mu.Lock()
	defer l.mu.Unlock()
	looks := l.looks
	l.looks = nil
	return looks
}

// following is a desk with leads that can be followed.
func following(t *testing.T) (*desk, *progressRows) {
	t.Helper()
	d, rows := newDesk(t), &progressRows{}
	d.Followers = &leads.Followers{Store: rows}
	d.submission = func(string) (models.Submission, error) { return stored(), nil }
	return d, rows
}

func (d *desk) follow(t *testing.T, id, seen string) *leads.Following {
	t.Helper()
	followed, err := d.Follow(t.Context(), leads.FollowInput{SubmissionRef: leads.SubmissionRef{ID: id}, Seen: seen})
	require.NoError(t, err)
	return followed
}

// statuses takes n pieces of news.
func statuses(t *testing.T, followed *leads.Following, n int) []models.Status {
	t.Helper()
	var heard []models.Status
	for range n {
		progress, open := <-followed.News()
		require.True(t, open)
		heard = append(heard, progress.Status)
	}
	return heard
}

func TestAFollowerHearsOfEachChangeOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, rows := following(t)
		rows.is("sub_1", models.StatusPending)
		followed := d.follow(t, "sub_1", "")
		defer followed.Close()
		require.Equal(t, []models.Status{models.StatusPending}, statuses(t, followed, 1), "at once")

		<-time.After(time.Minute) // nothing happens
		require.Empty(t, followed.News())
		rows.is("sub_1", models.StatusPending, store.DeliveryProgress{DeliveryID: "dlv_1", Tries: 1})
		progress := <-followed.News()
		require.Equal(t, 1, progress.Deliveries[0].Attempts)
		rows.is("sub_1", models.StatusRetrying, store.DeliveryProgress{DeliveryID: "dlv_1", Tries: 1})
		require.Equal(t, []models.Status{models.StatusRetrying}, statuses(t, followed, 1))
		rows.is("sub_1", models.StatusCompleted)
		require.Equal(t, []models.Status{models.StatusCompleted}, statuses(t, followed, 1))
	})
}

func TestASlowFollowerHearsTheNewestAlone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, rows := following(t)
		rows.is("sub_1", models.StatusPending)
		followed := d.follow(t, "sub_1", "")
		defer followed.Close()
		rows.is("sub_1", models.StatusRetrying)
		<-time.After(time.Minute)
		require.Equal(t, []models.Status{models.StatusRetrying}, statuses(t, followed, 1))
		require.Empty(t, followed.News())
	})
}

func TestFollowersShareTheirLooks(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, rows := following(t)
		for _, id := range []string{"sub_1", "sub_2", "sub_3"} {
			rows.is(id, models.StatusPending)
			followed := d.follow(t, id, "")
			defer followed.Close()
			<-followed.News()
		}
		<-time.After(time.Minute) // the longest pause is on
		rows.asked()
		<-time.After(10 * time.Second)
		looks := rows.asked()
		require.Len(t, looks, 5, "every two seconds")
		require.Equal(t, []string{"sub_1", "sub_2", "sub_3"}, looks[0], "one query for all")
	})
}

func TestNobodyLooksWhenNobodyFollows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, rows := following(t)
		for range 2 {
			followed := d.follow(t, "sub_1", "")
			<-time.After(time.Second)
			require.NotEmpty(t, rows.asked())
			followed.Close()
			<-time.After(time.Minute)
			require.Empty(t, rows.asked())
		}
	})
}

func TestALeadThatIsNotStoredYetIsPending(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, rows := following(t)
		d.submission = func(string) (models.Submission, error) { return models.Submission{}, unknown() }
		output, err := d.Capture(t.Context(), filledIn())
		require.NoError(t, err)
		d.input = func(context.Context, string) (workflows.Accepted, error) {
			return workflows.Accepted{CaptureInput: d.started[0], Open: true}, nil
		}
		followed := d.follow(t, output.SubmissionID, "")
		defer followed.Close()
		require.Equal(t, []models.Status{models.StatusPending}, statuses(t, followed, 1))
		rows.is(output.SubmissionID, models.StatusCompleted)
		require.Equal(t, []models.Status{models.StatusCompleted}, statuses(t, followed, 1))
	})
}

func TestADatabaseThatIsAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, rows := following(t)
		rows.fail(away())
		followed := d.follow(t, "sub_1", "")
		defer followed.Close()
		<-time.After(time.Minute)
		require.True(t, followed.Away())
		require.Empty(t, followed.News(), "nothing is made up")

		rows.fail(nil)
		rows.is("sub_1", models.StatusRetrying)
		require.Equal(t, []models.Status{models.StatusRetrying}, statuses(t, followed, 1))
		require.False(t, followed.Away())
	})
}

func TestAFollowingEnds(t *testing.T) {
	t.Parallel()
	for name, end := range map[string]func(d *desk, rows *progressRows){
		"when the service stops":  func(d *desk, _ *progressRows) { d.Followers.Stop() },
		"when the lead is erased": func(_ *desk, rows *progressRows) { rows.erase() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				d, rows := following(t)
				rows.is("sub_1", models.StatusPending)
				followed := d.follow(t, "sub_1", "")
				<-followed.News()
				end(d, rows)
				_, open := <-followed.News()
				require.False(t, open)
				followed.Close()
			})
		})
	}
}

func TestNobodyFollowsAServiceThatStops(t *testing.T) {
	t.Parallel()
	d, rows := following(t)
	d.Followers.Stop()
	_, err := d.Follow(t.Context(), leads.FollowInput{SubmissionRef: leads.SubmissionRef{ID: "sub_1"}})
	require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
	require.Empty(t, rows.asked())
}

func TestThereAreNotTooManyFollowers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, _ := following(t)
		var last *leads.Following
		for range 1000 {
			last = d.follow(t, "sub_1", "")
			defer last.Close()
		}
		_, err := d.Follow(t.Context(), leads.FollowInput{SubmissionRef: leads.SubmissionRef{ID: "sub_1"}})
		require.ErrorContains(t, err, "Too many leads are followed")
		require.Equal(t, models.CodeUnavailable, models.CodeOf(err))
		last.Close()
		d.follow(t, "sub_1", "").Close()
	})
}

// One key leaves room for others. The configuration's has no limit.
func TestAKeyDoesNotFollowTooManyLeads(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, _ := following(t)
		follow := func(keyID string) (*leads.Following, error) {
			caller := models.WithPrincipal(t.Context(), models.Principal{KeyID: keyID, Kind: models.KeySecret})
			return d.Follow(caller, leads.FollowInput{SubmissionRef: leads.SubmissionRef{ID: "sub_1"}})
		}
		var last *leads.Following
		for range 250 {
			followed, err := follow("key_1")
			require.NoError(t, err)
			defer followed.Close()
			last = followed
		}
		_, err := follow("key_1")
		require.Equal(t, models.CodeRateLimited, models.CodeOf(err))
		require.ErrorContains(t, err, "with this key")
		other, err := follow("key_2")
		require.NoError(t, err)
		defer other.Close()
		last.Close()
		again, err := follow("key_1")
		require.NoError(t, err)
		defer again.Close()
	})
}

func TestWhoSawTheEndHasSeenItAll(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d, rows := following(t)
		rows.is("sub_1", models.StatusFailed)
		followed := d.follow(t, "sub_1", "")
		ended := <-followed.News()
		followed.Close()
		for _, c := range []struct {
			seen string
			over bool
		}{{"", false}, {ended.EventID(), false}, {ended.EndID(), true}} {
			followed := d.follow(t, "sub_1", c.seen)
			require.Equal(t, c.over, followed.Over(), c.seen)
			followed.Close()
		}
		rows.is("sub_1", models.StatusPending) // it is replayed
		followed = d.follow(t, "sub_1", ended.EndID())
		require.False(t, followed.Over())
		followed.Close()
	})
}

func TestOnlyWhoMayReadALeadFollowsIt(t *testing.T) {
	t.Parallel()
	d, rows := following(t)
	stranger := models.WithPrincipal(t.Context(), models.Principal{KeyID: "key_1", AgentIDs: []string{"agent_9"}})
	_, err := d.Follow(stranger, leads.FollowInput{SubmissionRef: leads.SubmissionRef{ID: "sub_1"}})
	require.Equal(t, models.CodeForbidden, models.CodeOf(err))
	require.Empty(t, rows.asked())
}
