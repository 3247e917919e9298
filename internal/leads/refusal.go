package leads

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"leadrail/internal/store"
	"leadrail/models"
)

// Bounds of the counts that wait in memory. What a form can be refused for is a
// few dozen codes for each field; beyond maxCounts only known ones grow.
const (
	maxCounts    = 10_000
	flushEvery   = 5 * time.Second
	flushTimeout = 2 * time.Second
)

// RefusalStore keeps the counts.
type RefusalStore interface {
	Form(ctx context.Context, id string) (store.FormRecord, error)
	AddRefusals(ctx context.Context, counted []models.Refusal) error
	Refusals(ctx context.Context, formID string, from, to time.Time) ([]models.Refusal, error)
}

// Refusals counts submissions that were refused, so that whoever misses leads
// finds out why. Counting costs the visitor nothing: it happens in memory, and Run
// writes the counts later. A nil *Refusals counts nothing.
type Refusals struct {
	store RefusalStore
	log   *slog.Logger

	mu sync.Mutex
	// counts are by refusals whose own Count is 0.
	counts map[models.Refusal]int64
}

// NewRefusals makes a count of nothing.
func NewRefusals(store RefusalStore, log *slog.Logger) *Refusals {
	return &Refusals{store: store, log: log, counts: map[models.Refusal]int64{}}
}

// count notes why a submission to a form was refused. Without a field it is
// counted once, by its error; each problem of a field is counted besides.
func (r *Refusals) count(form store.FormRecord, at time.Time, refused error) {
	if r == nil || form.Form.ID == "" {
		return
	}
	whole := models.Refusal{FormID: form.Form.ID, Day: at.UTC().Truncate(24 * time.Hour), Code: codeOf(refused)}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.add(whole, 1)
	if coded, ok := errors.AsType[*models.Error](refused); ok {
		for _, problem := range coded.Fields {
			part := whole
			part.Field, part.Code = fieldOf(form.Version.Definition, problem.Field), problem.Code
			r.add(part, 1)
		}
	}
}

func (r *Refusals) add(refusal models.Refusal, count int64) {
	if _, known := r.counts[refusal]; known || len(r.counts) < maxCounts {
		r.counts[refusal] += count
	}
}

func codeOf(refused error) string {
	if errors.Is(refused, errTrapped) {
		return models.CodeHoneypot
	}
	if coded, ok := errors.AsType[*models.Error](refused); ok && coded.Reason != "" {
		return coded.Reason
	}
	return string(models.CodeOf(refused))
}

// fieldOf names the place of a problem by words of the form or of the contract,
// never by those of a stranger.
func fieldOf(definition models.FormDefinition, path string) string {
	top, rest, _ := strings.Cut(path, ".")
	top, _, _ = strings.Cut(top, "[")
	name, _, _ := strings.Cut(rest, ".")
	name, _, _ = strings.Cut(name, "[")
	known := func(field models.Field) bool { return field.Name == name }
	if top == "formData" && slices.ContainsFunc(definition.Fields, known) {
		return top + "." + name
	}
	return top
}

// Run writes the counts every few seconds until ctx ends, and then once more.
// Counts that could not be written are kept.
func (r *Refusals) Run(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	troubled, last := false, false
	for !last {
		select {
		case <-ctx.Done():
			last = true
		case <-tick.C:
		}
		err := r.flush(context.WithoutCancel(ctx))
		if err != nil && !troubled {
			r.log.WarnContext(ctx, "counts of refused submissions wait", "error", err)
		}
		troubled = err != nil
	}
}

// flush writes the counts. Where the answer of the database is lost, so is the
// knowledge whether they count already, and they may count twice.
func (r *Refusals) flush(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, flushTimeout)
	defer cancel()
	taken := r.take()
	if len(taken) == 0 {
		return nil
	}
	err := r.store.AddRefusals(ctx, taken)
	if err != nil {
		r.putBack(taken)
	}
	return err
}

// take empties the counts. They are in one order, on every machine.
func (r *Refusals) take() []models.Refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	var taken []models.Refusal
	for refusal, count := range r.counts {
		refusal.Count = count
		taken = append(taken, refusal)
	}
	clear(r.counts)
	slices.SortFunc(taken, func(a, b models.Refusal) int {
		return slices.Compare(
			[]string{a.FormID, a.Day.Format(time.DateOnly), a.Field, a.Code},
			[]string{b.FormID, b.Day.Format(time.DateOnly), b.Field, b.Code},
		)
	})
	return taken
}

func (r *Refusals) putBack(taken []models.Refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, refusal := range taken {
		count := refusal.Count
		refusal.Count = 0
		r.add(refusal, count)
	}
}
