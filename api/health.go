package api

import (
	"context"
	_ "embed"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"leadrail/models"
)

//go:embed openapi.yaml
var contract []byte

// Contract returns the OpenAPI description of the API.
func Contract() []byte { return contract }

func serveContract(c *gin.Context) { c.Data(http.StatusOK, "application/yaml", contract) }

// health says that the process is up; it asks nobody.
func health(c *gin.Context) { writeJSON(c, http.StatusOK, gin.H{"status": "ok"}) }

// readyTimeout bounds how long a part may take to answer.
const readyTimeout = 2 * time.Second

// readiness is the answer of /readyz: "ok" when every part answers, "degraded"
// when leads are accepted and something else is not as it should be, and
// "unavailable" when no part answers. A process that is about to stop says
// "stopping".
type readiness struct {
	Status string            `json:"status"`
	Parts  map[string]string `json:"parts"`
	// Intake is null while it cannot be looked into.
	Intake *intakeDepth `json:"intake"`
}

// intakeDepth is how much waits for a workflow, and how long already.
type intakeDepth struct {
	Waiting     int   `json:"waiting"`
	Conflicts   int   `json:"conflicts"`
	OldestAgeMS int64 `json:"oldestAgeMs"`
}

const (
	answers     = "ok"
	degraded    = "degraded"
	unavailable = "unavailable"
	stopping    = "stopping"
)

// ready asks every part at once. The service accepts leads as long as one of
// them answers; without any it is out of service, 503, and so it is, for load
// balancers, while it is about to stop.
func ready(d Dependencies) gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), readyTimeout)
		defer cancel()
		missing := make([]error, len(d.Ready))
		answer := readiness{Status: answers, Parts: map[string]string{}}
		var all sync.WaitGroup
		all.Go(func() { answer.Intake = depthOf(ctx, d.Intake) })
		for i, check := range d.Ready {
			all.Go(func() { missing[i] = check.Ping(ctx) })
		}
		all.Wait()

		away := 0
		for i, check := range d.Ready {
			answer.Parts[check.Part] = answers
			if missing[i] != nil {
				answer.Parts[check.Part], answer.Status = unavailable, degraded
				away++
			}
		}
		status := http.StatusOK
		if away == len(d.Ready) {
			status, answer.Status = http.StatusServiceUnavailable, unavailable
		}
		if d.Stopping() {
			status, answer.Status = http.StatusServiceUnavailable, stopping
		}
		writeJSON(c, status, answer)
	}
}

// depthOf looks into the intake, and returns nil where it cannot.
func depthOf(ctx context.Context, look func(ctx context.Context) (models.IntakeDepth, error)) *intakeDepth {
	depth, err := look(ctx)
	if err != nil {
		return nil
	}
	shown := &intakeDepth{Waiting: depth.Waiting, Conflicts: depth.Conflicts}
	if depth.Oldest != nil {
		shown.OldestAgeMS = max(time.Since(*depth.Oldest).Milliseconds(), 0)
	}
	return shown
}
