package leads

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"leadrail/internal/store"
	"leadrail/models"
)

// ProgressStore tells how far many leads are at once.
type ProgressStore interface {
	Progress(ctx context.Context, submissionIDs []string) (map[string]store.Progress, error)
}

// Bounds of following.
const (
	// maxFollowings is how many leads are followed at a time, by one process.
	maxFollowings = 1000
	// maxOfKey is how many of them one key may have; the configuration's may have
	// all.
	maxOfKey = 250
	// A lead is looked at often while things happen to it, and more rarely the
	// longer nothing does.
	shortestLook = 250 * time.Millisecond
	longestLook  = 2 * time.Second
)

// Followers looks at all leads that are followed, with one query for all that are
// due. It is ready when it has its store, and safe for concurrent use.
type Followers struct {
	Store ProgressStore

	mu  sync.Mutex
	all map[*Following]bool
	// quit ends whoever looks at them; nil while nobody does.
	quit    chan struct{}
	stopped bool
}

// Following is one caller's view of one lead.
type Following struct {
	followers    *Followers
	submissionID string
	// keyID is the caller's key.
	keyID string
	news  chan Progress
	over  bool
	away  atomic.Bool

	// told is the last event, stored whether the lead was in the database, and due
	// when it is looked at again; zero before the first look. The mutex of followers
	// guards them.
	told   string
	stored bool
	pause  time.Duration
	due    time.Time
}

// News has the newest progress that was not taken yet; what it overtakes is
// forgotten. It is closed when nothing comes from here any more: the process is
// about to stop, or the lead was erased.
func (f *Following) News() <-chan Progress { return f.news }

// Over reports that the caller has seen it all before: the lead was at its end,
// and still is.
func (f *Following) Over() bool { return f.over }

// Away reports that the database does not answer: the lead may be further than
// what was told.
func (f *Following) Away() bool { return f.away.Load() }

// Close ends the following.
func (f *Following) Close() {
	f.followers.mu.Lock()
	defer f.followers.mu.Unlock()
	f.followers.remove(f)
}

// hear takes what a look has found.
func (f *Following) hear(rows map[string]store.Progress, err error) {
	f.away.Store(err != nil)
	f.pause = min(max(2*f.pause, shortestLook), longestLook)
	defer func() { f.due = time.Now().Add(f.pause) }()
	if err != nil {
		return
	}
	row, stored := rows[f.submissionID]
	if f.stored && !stored {
		f.followers.remove(f)
		close(f.news)
		return
	}
	f.stored = stored
	progress := viewProgress(f.submissionID, row, stored)
	if progress.EventID() == f.told {
		return
	}
	f.told, f.pause = progress.EventID(), shortestLook
	select {
	case <-f.news: // overtaken
	default:
	}
	f.news <- progress
}

// Stop ends every following, and lets nobody begin one.
func (f *Followers) Stop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopped = true
	for following := range f.all {
		f.remove(following)
		close(following.news)
	}
}

// add begins a following with a look at its lead. A database that does not answer
// is waited for.
func (f *Followers) add(ctx context.Context, in FollowInput) (*Following, error) {
	following := &Following{
		followers: f, submissionID: in.ID, keyID: models.PrincipalOf(ctx).KeyID, news: make(chan Progress, 1),
	}
	if err := f.enter(following); err != nil { //nolint:contextcheck // whoever begins to look does so for all that follow
		return nil, err
	}
	rows, err := f.look(ctx, []string{in.ID})
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.stopped {
		return nil, aboutToStop()
	}
	following.hear(rows, err)
	row, stored := rows[in.ID]
	seen := viewProgress(in.ID, row, stored)
	following.over = seen.Ended() && seen.EndID() == in.Seen
	return following, nil
}

// enter makes room, and sees to it that somebody looks.
func (f *Followers) enter(following *Following) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.stopped:
		return aboutToStop()
	case len(f.all) >= maxFollowings:
		return tooMany(models.CodeUnavailable, "Too many leads are followed")
	case following.keyID != models.AdminID && f.ofKey(following.keyID) >= maxOfKey:
		return tooMany(models.CodeRateLimited, "Too many leads are followed with this key")
	}
	if f.all == nil {
		f.all = map[*Following]bool{}
	}
	f.all[following] = true
	if f.quit == nil {
		f.quit = make(chan struct{})
		go f.watch(f.quit)
	}
	return nil
}

// ofKey counts the followings of a key.
func (f *Followers) ofKey(keyID string) (count int) {
	for following := range f.all {
		if following.keyID == keyID {
			count++
		}
	}
	return count
}

// remove forgets a following, also one that is not there. Nobody looks when none is
// left.
func (f *Followers) remove(following *Following) {
	delete(f.all, following)
	if len(f.all) == 0 && f.quit != nil {
		close(f.quit)
		f.quit = nil
	}
}

func tooMany(code models.Code, what string) error {
	return &models.Error{
		Code: code, Reason: "too_many_streams",
		Message: what + " at this moment: try again shortly, or read the lead now and then.",
	}
}

func aboutToStop() error {
	return models.Errorf(models.CodeUnavailable, "The service is about to stop: connect again.")
}

// watch looks at the leads that are due until it is to quit.
func (f *Followers) watch(quit chan struct{}) {
	ticks := time.NewTicker(shortestLook)
	defer ticks.Stop()
	for {
		select {
		case <-quit:
			return
		case <-ticks.C:
		}
		due := f.due(quit)
		if len(due) == 0 {
			continue
		}
		ids := make([]string, len(due))
		for i, following := range due {
			ids[i] = following.submissionID
		}
		rows, err := f.look(context.Background(), ids)
		f.tell(due, rows, err)
	}
}

// due lists what is to be looked at by whoever has this quit. Another one has taken
// over where it is not the one in force.
func (f *Followers) due(quit chan struct{}) (due []*Following) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.quit != quit {
		return nil
	}
	now := time.Now()
	for following := range f.all {
		if !following.due.IsZero() && !now.Before(following.due) {
			due = append(due, following)
		}
	}
	return due
}

// tell lets those hear what was found that still want to.
func (f *Followers) tell(due []*Following, rows map[string]store.Progress, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, following := range due {
		if f.all[following] {
			following.hear(rows, err)
		}
	}
}

func (f *Followers) look(ctx context.Context, submissionIDs []string) (map[string]store.Progress, error) {
	ctx, cancel := context.WithTimeout(ctx, readBudget)
	defer cancel()
	return f.Store.Progress(ctx, submissionIDs)
}
