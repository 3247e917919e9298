package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"sync"
	"time"

	"leadrail/models"
)

// Bounds of watching a lead.
const (
	lookEvery = 100 * time.Millisecond
	// patience is how long a lead is watched; one that is being retried may take
	// minutes.
	patience = 10 * time.Second
	// grace is how long leads may take to finish once the demo was stopped.
	grace = 2 * time.Second
)

// stream sends leads and shows what becomes of them.
type stream struct {
	client client
	// forms are the forms' ids by name.
	forms map[string]string
	every time.Duration
	out   io.Writer
	// count is how many leads were shown with each status.
	count map[models.Status]int
}

// run sends a lead at every tick, over and over, until ctx ends, and shows each
// one as it finishes.
func (s *stream) run(ctx context.Context, samples []sampleLead) {
	watching, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	done := make(chan lead)
	var underWay sync.WaitGroup
	ticks := time.NewTicker(s.every)
	defer ticks.Stop()
	for i := 0; ctx.Err() == nil; {
		select {
		case <-ctx.Done():
		case finished := <-done:
			s.show(finished)
		case <-ticks.C:
			sample := samples[i%len(samples)]
			underWay.Go(func() { done <- s.send(watching, sample) })
			i++
		}
	}
	time.AfterFunc(grace, giveUp)
	go func() {
		underWay.Wait()
		close(done)
	}()
	for finished := range done {
		s.show(finished)
	}
}

// send posts a lead and watches it.
func (s *stream) send(ctx context.Context, sample sampleLead) lead {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	body := maps.Clone(sample.body)
	body["formId"] = s.forms[sample.form]
	sent := lead{FormName: sample.form}
	if err := s.client.call(ctx, request{http.MethodPost, "/v1/submissions", body}, &sent); err != nil {
		sent.Status, sent.refused = notAccepted, "nothing answers"
		if refused, answered := errors.AsType[refusal](err); answered {
			sent.refused = refused.Detail
		}
		return sent
	}
	s.watch(ctx, &sent)
	return sent
}

// watch reads a lead until it has finished or ctx ends. A service that is away
// for a moment is asked again.
func (s *stream) watch(ctx context.Context, watched *lead) {
	looks := time.NewTicker(lookEvery)
	defer looks.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-looks.C:
		}
		var now lead
		if err := s.client.call(ctx, request{method: http.MethodGet, path: "/v1/submissions/" + watched.SubmissionID}, &now); err != nil {
			continue
		}
		*watched = now
		if now.Status.Terminal() {
			return
		}
	}
}

func (s *stream) show(finished lead) {
	s.count[finished.Status]++
	fmt.Fprintln(s.out, line(time.Now(), finished))
}
