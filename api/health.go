package api

import (
	"context"
	_ "embed"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
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

// readiness is the answer of /readyz: "ok" or "unavailable", overall and for
// each part.
type readiness struct {
	Status string            `json:"status"`
	Parts  map[string]string `json:"parts"`
}

// ready asks every part at once and answers 503 when one does not answer.
func ready(checks []ReadyCheck) gin.HandlerFunc {
	return func(c *gin.Context) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), readyTimeout)
		defer cancel()
		answers := make([]error, len(checks))
		var all sync.WaitGroup
		for i, check := range checks {
			all.Go(func() { answers[i] = check.Ping(ctx) })
		}
		all.Wait()

		status, answer := http.StatusOK, readiness{Status: "ok", Parts: map[string]string{}}
		for i, check := range checks {
			answer.Parts[check.Part] = "ok"
			if answers[i] != nil {
				answer.Parts[check.Part], answer.Status = "unavailable", "unavailable"
				status = http.StatusServiceUnavailable
			}
		}
		writeJSON(c, status, answer)
	}
}
