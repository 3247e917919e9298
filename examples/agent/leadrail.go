package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// How often a lead is looked at, and for how long.
	lookEvery = 200 * time.Millisecond
	lookFor   = time.Minute
	// patience is how long an answer may take.
	patience = 30 * time.Second
	// How often a lead is sent, and how long the agent waits before it sends it again
	// unless the answer says.
	maxTries  = 5
	retryWait = time.Second
)

// Leadrail is its API, as far as an agent needs it.
type Leadrail struct{ URL, Key string }

// Tool is a form for a model.
type Tool struct {
	FormID       string     `json:"formId"`
	Definition   Definition `json:"tool"`
	Instructions string     `json:"instructions"`
}

// Gate is what the gate makes of a visitor. Publishable keys are told ShowForm alone.
type Gate struct {
	ShowForm bool   `json:"showForm"`
	Score    int    `json:"score"`
	Tier     string `json:"tier"`
}

// Lead is a submission: what is sent of it, and what became of it.
type Lead struct {
	FormID         string          `json:"formId"`
	ConversationID string          `json:"conversationId"`
	FormData       json.RawMessage `json:"formData"`
	Signals        json.RawMessage `json:"signals,omitempty"`
}

// Progress is how far a lead has come.
type Progress struct {
	SubmissionID   string `json:"submissionId"`
	SuccessMessage string `json:"successMessage"`
	Status         string `json:"status"`
	FailureReason  string `json:"failureReason"`
	Deliveries     []struct {
		Action struct {
			Name string `json:"name"`
		} `json:"action"`
		Status string `json:"status"`
	} `json:"deliveries"`
}

// Tool reads a form as a tool for the model.
func (l *Leadrail) Tool(ctx context.Context, formID string) (Tool, error) {
	var tool Tool
	err := l.call(ctx, http.MethodGet, "/v1/forms/"+formID+"/tool?format=anthropic", nil, nil, &tool)
	return tool, err
}

// Ask asks the gate with what is known of a visitor: signals and formData.
func (l *Leadrail) Ask(ctx context.Context, formID string, known map[string]any) (Gate, error) {
	var gate Gate
	err := l.call(ctx, http.MethodPost, "/v1/forms/"+formID+"/qualify", nil, known, &gate)
	return gate, err
}

// Capture sends a lead. Under the same key it is the same lead, however often it is
// sent: where no answer came, or one that says to wait, it is sent again.
func (l *Leadrail) Capture(ctx context.Context, idempotencyKey string, lead Lead) (Progress, error) {
	header := http.Header{"Idempotency-Key": {idempotencyKey}}
	for try := 1; ; try++ {
		var progress Progress
		err := l.call(ctx, http.MethodPost, "/v1/submissions", header, lead, &progress)
		wait, again := waitAfter(err)
		if !again || try == maxTries {
			return progress, err
		}
		select {
		case <-ctx.Done():
			return progress, errors.Join(ctx.Err(), err)
		case <-time.After(wait):
		}
	}
}

// waitAfter tells whether a lead is to be sent again, and when.
func waitAfter(err error) (wait time.Duration, again bool) {
	refusal, answered := errors.AsType[*RefusalError](err)
	switch {
	case err == nil:
		return 0, false
	case !answered:
		return retryWait, true
	case refusal.RetryAfter > 0:
		return refusal.RetryAfter, true
	}
	return retryWait, refusal.Status == http.StatusTooManyRequests || refusal.Status >= http.StatusInternalServerError
}

// Follow reads a lead until it has ended, or is being retried for long, and tells of
// each change.
func (l *Leadrail) Follow(ctx context.Context, submissionID string, tell func(Progress)) (Progress, error) {
	ticker := time.NewTicker(lookEvery)
	defer ticker.Stop()
	enough := time.After(lookFor)
	last := ""
	for {
		var progress Progress
		if err := l.call(ctx, http.MethodGet, "/v1/submissions/"+submissionID, nil, nil, &progress); err != nil {
			return progress, err
		}
		if progress.Status != last {
			tell(progress)
		}
		if last = progress.Status; last == "completed" || last == "failed" {
			return progress, nil
		}
		select {
		case <-ctx.Done():
			return progress, ctx.Err()
		case <-enough:
			return progress, nil // Leadrail goes on with it
		case <-ticker.C:
		}
	}
}

// RefusalError is an answer that says no. Its text is what a model can act on.
type RefusalError struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	Errors []struct {
		Field   string `json:"field"`
		Message string `json:"message"`
	} `json:"errors"`
	// RetryAfter is 0 unless the answer says when to try again.
	RetryAfter time.Duration `json:"-"`
}

// Error implements error.
func (p *RefusalError) Error() string {
	lines := []string{fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Detail)}
	for _, field := range p.Errors {
		lines = append(lines, field.Field+": "+field.Message)
	}
	return strings.Join(lines, "\n")
}

func (l *Leadrail) call(ctx context.Context, method, path string, header http.Header, body, answer any) error {
	encoded, err := json.Marshal(body)
	if err != nil {
		return err
	}
	content := io.Reader(http.NoBody)
	if body != nil {
		content = bytes.NewReader(encoded)
	}
	request, err := http.NewRequestWithContext(ctx, method, l.URL+path, content)
	if err != nil {
		return err
	}
	if header != nil {
		request.Header = header
	}
	request.Header.Set("Authorization", "Bearer "+l.Key)
	request.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: patience}
	response, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("ask Leadrail: %w", err)
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		seconds, _ := strconv.Atoi(response.Header.Get("Retry-After")) // an error means that there is none
		refusal := &RefusalError{Status: response.StatusCode, RetryAfter: time.Duration(seconds) * time.Second}
		return errors.Join(json.NewDecoder(response.Body).Decode(refusal), refusal)
	}
	return json.NewDecoder(response.Body).Decode(answer)
}
