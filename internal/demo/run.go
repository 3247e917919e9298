package demo

import (
	"context"
	"fmt"
	"io"
	"time"

	"leadrail/models"
)

// Options of a demo.
type Options struct {
	// URL is the API's, without a path.
	URL      string
	AdminKey string
	// Every is the time between two leads.
	Every time.Duration
	Out   io.Writer
}

// Run makes the sample forms and teams where they are missing, and sends sample
// leads until ctx ends, a line for each to Out as it finishes: where it went,
// never what the visitor wrote. The error says what to do when no "leadrail up"
// answers.
func Run(ctx context.Context, o Options) error {
	c := newClient(o.URL, o.AdminKey)
	if err := c.check(ctx); err != nil {
		return err
	}
	forms, err := ensureForms(ctx, c)
	if err != nil {
		return err
	}
	if err := ensureTeams(ctx, c); err != nil {
		return err
	}
	samples, err := sampleLeads()
	if err != nil {
		return err
	}
	fmt.Fprintf(o.Out, "Sample leads go to %s. Ctrl-C ends the demo.\n\n%s\n", o.URL, header())
	s := stream{client: c, forms: forms, every: o.Every, out: o.Out, count: map[models.Status]int{}}
	s.run(ctx, samples)
	fmt.Fprintf(o.Out, "\n%s\n", s.summary())
	return nil
}
