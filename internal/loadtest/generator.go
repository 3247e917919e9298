package loadtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// Generator submits leads of one form.
type Generator struct {
	// Bases are the addresses of replicas, "http://host:port", used in turns.
	Bases []string
	Key   string
	// FormID is a form with an "email" field.
	FormID string
	Ledger *Ledger
	// Prefix makes the idempotency keys of this generator its own; without one,
	// requests carry none.
	Prefix string
	// Persistent generators repeat a request under the same key until it is
	// answered with 202, as a careful client does. What came before is noted as
	// refused.
	Persistent bool
	// Usable, when set, tells whether a replica takes requests now, as a load
	// balancer would.
	Usable func(base string) bool

	client http.Client
	sent   atomic.Int64
}

const (
	// requestTimeout bounds one submission.
	requestTimeout = 15 * time.Second
	// repeatPause is between two tries of one.
	repeatPause = 100 * time.Millisecond
)

// Closed submits n leads, so many at a time, each as soon as another is answered.
func (g *Generator) Closed(ctx context.Context, n, inFlight int) {
	g.prepare(inFlight)
	var left atomic.Int64
	left.Store(int64(n))
	var senders sync.WaitGroup
	for range inFlight {
		senders.Go(func() {
			for left.Add(-1) >= 0 && ctx.Err() == nil {
				g.Submit(ctx)
			}
		})
	}
	senders.Wait()
}

// Open submits leads at a rate per second for a while, whether or not the ones
// before are answered, and waits for the last answer.
func (g *Generator) Open(ctx context.Context, rate int, during time.Duration) {
	over, cancel := context.WithTimeout(ctx, during)
	defer cancel()
	g.Until(ctx, rate, over.Done())
}

// Until is Open with an end that is not known before.
func (g *Generator) Until(ctx context.Context, rate int, end <-chan struct{}) {
	g.prepare(rate)
	ticker := time.NewTicker(time.Second / time.Duration(rate))
	defer ticker.Stop()
	var senders sync.WaitGroup
	defer senders.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case <-end:
			return
		case <-ticker.C:
			senders.Go(func() { g.Submit(ctx) })
		}
	}
}

func (g *Generator) prepare(connections int) {
	g.client = http.Client{
		Timeout:   requestTimeout,
		Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: 0},
	}
}

// Submit sends one lead and notes the answer.
func (g *Generator) Submit(ctx context.Context) {
	n := g.sent.Add(1)
	body, err := json.Marshal(map[string]any{
		"formId": g.FormID, "conversationId": fmt.Sprintf("conv_%d", n),
		"formData": map[string]any{"email": fmt.Sprintf("lead%d@example.com", n)},
	})
	if err != nil {
		g.Ledger.Refuse(err.Error())
		return
	}
	sent := time.Now()
	for ctx.Err() == nil {
		id, reason := g.post(ctx, g.base(n), n, body)
		if reason == "" {
			g.Ledger.Accept(id, sent)
			return
		}
		g.Ledger.Refuse(reason)
		if !g.Persistent {
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(repeatPause):
		}
	}
}

// base picks the next usable replica.
func (g *Generator) base(n int64) string {
	for i := range g.Bases {
		base := g.Bases[(int(n)+i)%len(g.Bases)]
		if g.Usable == nil || g.Usable(base) {
			return base
		}
	}
	return g.Bases[int(n)%len(g.Bases)]
}

func (g *Generator) post(ctx context.Context, base string, n int64, body []byte) (id, refused string) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, base+"/v1/submissions", bytes.NewReader(body))
	if err != nil {
		return "", err.Error()
	}
	request.Header.Set("Authorization", "Bearer "+g.Key)
	if g.Prefix != "" {
		request.Header.Set("Idempotency-Key", fmt.Sprintf("%s-%d", g.Prefix, n))
	}
	response, err := g.client.Do(request)
	if err != nil {
		return "", "no answer"
	}
	defer response.Body.Close()
	var answer struct {
		SubmissionID string `json:"submissionId"`
		Code         string `json:"code"`
	}
	content, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
	if err != nil || json.Unmarshal(content, &answer) != nil {
		return "", "no answer"
	}
	if response.StatusCode != http.StatusAccepted {
		return "", fmt.Sprintf("%d %s", response.StatusCode, answer.Code)
	}
	return answer.SubmissionID, ""
}
