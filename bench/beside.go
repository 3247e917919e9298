package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"time"

	"leadrail/internal/loadtest"
)

// Leads of the comparison: as many a second to each endpoint, and enough for the
// 99th percentile to be more than the one slowest of them.
const (
	besideRate   = 20
	besideDuring = 30 * time.Second
)

// beside measures what an endpoint that takes requests and never answers does to
// the leads of a healthy one: they travel alone, beside those of another healthy
// endpoint, and beside those of the one that hangs.
func (b *bench) beside(ctx context.Context) error {
	quick := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer quick.Close()
	hanging := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	defer hanging.CloseClientConnections()

	fmt.Fprintf(b.out, "\nhealthy endpoint at %d/s for %s, accept to receipt\n", besideRate, besideDuring)
	var alone loadtest.Travel
	for _, other := range []struct{ title, name, url string }{
		{"warming up", "warm", ""},
		{"alone", "alone", ""},
		{"beside another healthy one", "beside_quick", quick.URL},
		{"beside one that hangs", "beside_hanging", hanging.URL},
	} {
		before := b.cpu()
		travel, err := b.travel(ctx, other.name, other.url)
		if err != nil {
			return err
		}
		used := b.cpu().since(before)
		if other.name == "alone" {
			alone = travel
		}
		if other.name != "warm" {
			fmt.Fprintf(b.out, "  %-27s p50 %s  p99 %s   (p99 %.1f times that alone)   cpu %s\n", other.title,
				travel.P50.Round(time.Millisecond), travel.P99.Round(time.Millisecond), float64(travel.P99)/float64(alone.P99), used)
		}
	}
	return nil
}

// travel submits leads to a healthy endpoint, and as many to another one where
// there is one, and tells how long the healthy one's took.
func (b *bench) travel(ctx context.Context, name, otherURL string) (loadtest.Travel, error) {
	ledger := loadtest.NewLedger()
	sink, err := loadtest.NewSink(ledger)
	if err != nil {
		return loadtest.Travel{}, err
	}
	defer sink.Close()
	healthy, err := b.generator(ctx, name, sink.URL, ledger)
	if err != nil {
		return loadtest.Travel{}, err
	}
	var submitting sync.WaitGroup
	submitting.Go(func() { healthy.Open(ctx, besideRate, besideDuring) })
	if otherURL != "" {
		other, err := b.generator(ctx, name+"_other", otherURL, loadtest.NewLedger())
		if err != nil {
			return loadtest.Travel{}, err
		}
		submitting.Go(func() { other.Open(ctx, besideRate, besideDuring) })
	}
	submitting.Wait()
	await(ctx, ledger)
	return ledger.Travel(), ctx.Err()
}
