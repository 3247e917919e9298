package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// Questions to the gate: at a rate, whether or not those before are answered.
const (
	gateRate   = 200
	gateWarmUp = 3 * time.Second
	gateDuring = 30 * time.Second
	// gateNoted bounds the wait until what was decided is written.
	gateNoted = 10 * time.Second
)

// gate measures how long a visitor waits for the answer whether to show a form,
// and whether every answer was noted in its conversation.
func (b *bench) gate(ctx context.Context) error {
	form, err := b.create(ctx, scoringForm())
	if err != nil {
		return err
	}
	g := &gate{url: "http://" + b.api + "/v1/forms/" + form + "/qualify", key: b.key, client: http.Client{
		Timeout: 10 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: gateRate},
	}}
	g.ask(ctx, gateWarmUp)
	g.latencies, g.failed = nil, 0
	load, before, began := loadAverage(), b.cpu(), time.Now()
	g.ask(ctx, gateDuring)
	rate, used := float64(len(g.latencies))/time.Since(began).Seconds(), b.cpu().since(before)
	asked, noted := g.asked, b.noted(ctx, g.asked)

	slices.Sort(g.latencies)
	at := func(q float64) time.Duration {
		return g.latencies[int(q*float64(len(g.latencies)-1))].Round(10 * time.Microsecond)
	}
	fmt.Fprintf(b.out, "\ngate at %d/s for %s, load average %s before\n", gateRate, gateDuring, load)
	if len(g.latencies) > 0 {
		fmt.Fprintf(b.out, "  answered   %6.1f/s   p50 %s  p99 %s  max %s   cpu %s\n", rate, at(0.50), at(0.99), at(1), used)
	}
	fmt.Fprintf(b.out, "  account    %d asked, %d failed, %d noted with the warm-up's\n", asked, g.failed, noted)
	return ctx.Err()
}

// scoringForm has rules of every kind.
func scoringForm() map[string]any {
	rule := func(name, field, op string, value any) map[string]any {
		return map[string]any{"name": name, "when": map[string]any{"field": field, "op": op, "value": value}, "points": 20}
	}
	return map[string]any{
		"agentId": "agent_bench", "name": "bench_gate",
		"fields": []map[string]any{
			{"name": "email", "type": "email", "validation": map[string]any{"required": map[string]any{"value": true}}},
			{"name": "seats", "type": "number"},
			{"name": "phone", "type": "tel", "region": "DE"},
			{"name": "note", "type": "textarea", "visibleWhen": map[string]any{"field": "seats", "op": "gt", "value": 10}},
		},
		"qualification": map[string]any{
			"rules": []map[string]any{
				rule("Large team", "seats", "gte", 100), rule("Wants to buy", "signals.intent", "eq", "buy"),
				rule("Company address", "email", "matches", `(?i)@example\.(com|org)$`), rule("In a hurry", "note", "contains", "soon"),
			},
			"tiers":         []map[string]any{{"name": "hot", "min": 60}, {"name": "warm", "min": 20}},
			"qualifiedFrom": 40,
		},
	}
}

// gate asks the same question over and over, in many conversations.
type gate struct {
	url, key string
	client   http.Client
	asked    int

	mu        sync.Mutex
	latencies []time.Duration
	failed    int
}

// ask asks for a while, and waits for the last answer.
func (g *gate) ask(ctx context.Context, during time.Duration) {
	ticker := time.NewTicker(time.Second / gateRate)
	defer ticker.Stop()
	var senders sync.WaitGroup
	defer senders.Wait()
	for end := time.After(during); ; {
		select {
		case <-ctx.Done():
			return
		case <-end:
			return
		case <-ticker.C:
			g.asked++
			n := g.asked
			senders.Go(func() { g.askOnce(ctx, n) })
		}
	}
}

func (g *gate) askOnce(ctx context.Context, n int) {
	body := fmt.Sprintf(`{"conversationId":"conv_%d","signals":{"intent":"buy"},"formData":{"seats":%d,"email":"lead%d@example.com","note":"soon"}}`,
		n/3, n%200, n)
	sent := time.Now()
	err := g.post(ctx, []byte(body))
	took := time.Since(sent)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err != nil {
		g.failed++
		return
	}
	g.latencies = append(g.latencies, took)
}

func (g *gate) post(ctx context.Context, body []byte) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, g.url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Authorization", "Bearer "+g.key)
	response, err := g.client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct {
		ShowForm *bool `json:"showForm"`
	}
	content, err := io.ReadAll(response.Body)
	if err == nil {
		err = json.Unmarshal(content, &answer)
	}
	if err == nil && answer.ShowForm == nil {
		err = fmt.Errorf("qualify: %s", response.Status)
	}
	return err
}

// noted counts the decisions that are written, once they are as many as were asked
// for, or that takes too long.
func (b *bench) noted(ctx context.Context, asked int) (count int) {
	conn, err := pgx.Connect(ctx, b.database)
	if err != nil {
		return 0
	}
	defer conn.Close(ctx)
	for deadline := time.Now().Add(gateNoted); count < asked && time.Now().Before(deadline) && ctx.Err() == nil; {
		<-time.After(100 * time.Millisecond)
		if conn.QueryRow(ctx, `SELECT count(*) FROM gate_decisions`).Scan(&count) != nil {
			return 0
		}
	}
	return count
}

// loadAverage is that of the last minute, on Linux.
func loadAverage() string {
	text, _ := os.ReadFile("/proc/loadavg") // elsewhere there is none
	first, _, _ := strings.Cut(string(text), " ")
	return first
}
