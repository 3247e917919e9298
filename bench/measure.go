package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"leadrail/internal/loadtest"
)

// Sizes of the measurements.
const (
	burstLeads  = 2000
	burstFlight = 128
	closedLeads = 1000
	closedLoad  = 16
	openRate    = 20
	openDuring  = 20 * time.Second
	// drainTimeout bounds the wait for what was accepted to arrive.
	drainTimeout = 5 * time.Minute
)

// bench runs the measurements and prints them.
type bench struct {
	*machine

	out io.Writer
	// insertRate and insertP99 are those of the bare insert, to compare with.
	insertRate float64
	insertP99  time.Duration
}

// insert measures what a durable row costs, with nothing around it.
func (b *bench) insert(ctx context.Context) error {
	pool, err := pgxpool.New(ctx, b.database+"?pool_max_conns=20")
	if err != nil {
		return err
	}
	defer pool.Close()
	if _, err := pool.Exec(ctx, `CREATE TABLE bench_probe (id bigint PRIMARY KEY, body jsonb)`); err != nil {
		return err
	}
	latencies := make([]time.Duration, burstLeads)
	began := time.Now()
	err = inParallel(burstLeads, burstFlight, func(n int) error {
		sent := time.Now()
		_, err := pool.Exec(ctx, `INSERT INTO bench_probe VALUES ($1, '{"email":"lead@example.com"}')`, n)
		latencies[n] = time.Since(sent)
		return err
	})
	if err != nil {
		return err
	}
	b.insertRate = burstLeads / time.Since(began).Seconds()
	slices.Sort(latencies)
	b.insertP99 = latencies[len(latencies)*99/100]
	fmt.Fprintf(b.out, "bare durable insert, %d at %d in flight: %.0f/s, p99 %s\n",
		burstLeads, burstFlight, b.insertRate, b.insertP99.Round(time.Millisecond))
	return nil
}

// inParallel calls do for 0 to n-1 and returns the first error.
func inParallel(n, workers int, do func(n int) error) error {
	var next atomic.Int64
	var once sync.Once
	var failed error
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					once.Do(func() { failed = err })
					return
				}
			}
		})
	}
	running.Wait()
	return failed
}

func (b *bench) closed(ctx context.Context) error {
	return b.measure(ctx, "closed", fmt.Sprintf("closed loop, %d leads at %d in flight", closedLeads, closedLoad),
		func(g *loadtest.Generator) { g.Closed(ctx, closedLeads, closedLoad) })
}

func (b *bench) burst(ctx context.Context) error {
	return b.measure(ctx, "burst", fmt.Sprintf("burst, %d leads at %d in flight", burstLeads, burstFlight),
		func(g *loadtest.Generator) { g.Closed(ctx, burstLeads, burstFlight) })
}

func (b *bench) open(ctx context.Context) error {
	return b.measure(ctx, "open", fmt.Sprintf("open loop, %d/s for %s", openRate, openDuring),
		func(g *loadtest.Generator) { g.Open(ctx, openRate, openDuring) })
}

// measure submits leads, waits until they have arrived, and prints the account.
func (b *bench) measure(ctx context.Context, name, title string, submit func(*loadtest.Generator)) error {
	ledger := loadtest.NewLedger()
	sink, err := loadtest.NewSink(ledger)
	if err != nil {
		return err
	}
	defer sink.Close()
	generator, err := b.generator(ctx, name, sink.URL, ledger)
	if err != nil {
		return err
	}
	began := time.Now()
	submit(generator)
	accepting := time.Since(began)
	await(ctx, ledger)
	b.print(title, ledger, began, accepting)
	return ctx.Err()
}

// generator makes one for a form of its own, whose webhook goes to url.
func (b *bench) generator(ctx context.Context, name, url string, ledger *loadtest.Ledger) (*loadtest.Generator, error) {
	form, err := b.createForm(ctx, "bench_"+name, url)
	return &loadtest.Generator{Bases: []string{"http://" + b.api}, Key: b.key, FormID: form, Ledger: ledger, Prefix: name}, err
}

// await waits until what was accepted has arrived.
func await(ctx context.Context, ledger *loadtest.Ledger) {
	for deadline := time.Now().Add(drainTimeout); ledger.Missing() > 0 && time.Now().Before(deadline) && ctx.Err() == nil; {
		<-time.After(50 * time.Millisecond)
	}
}

func (b *bench) print(title string, ledger *loadtest.Ledger, began time.Time, accepting time.Duration) {
	s := ledger.Summary()
	travel := ledger.Travel()
	rate := float64(s.Accepted) / accepting.Seconds()
	fmt.Fprintf(b.out, "\n%s\n", title)
	fmt.Fprintf(b.out, "  accepted   %6.0f/s   p50 %s  p99 %s   (%.2f of the insert's rate, p99 %.1f times its)\n", rate,
		s.P50.Round(time.Millisecond), s.P99.Round(time.Millisecond), rate/b.insertRate, float64(s.P99)/float64(b.insertP99))
	fmt.Fprintf(b.out, "  delivered  %6.0f/s   accept to receipt p50 %s  p99 %s\n", float64(s.Delivered)/s.Last.Sub(began).Seconds(),
		travel.P50.Round(time.Millisecond), travel.P99.Round(time.Millisecond))
	fmt.Fprintf(b.out, "  account    %d accepted, %d delivered, %d lost, %d duplicated, refused %v\n",
		s.Accepted, s.Delivered, len(s.Lost), s.Duplicates, s.Refused)
}
