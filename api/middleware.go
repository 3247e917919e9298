package api

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"leadrail/internal/id"
)

const (
	requestIDHeader = "X-Request-Id"
	maxRequestID    = 128
)

// unescape turns what a path has in the place of its parameters into what the caller
// meant. The router compares paths as they were sent.
func unescape(c *gin.Context) {
	for i, param := range c.Params {
		if value, err := url.PathUnescape(param.Value); err == nil {
			c.Params[i].Value = value
		}
	}
}

// identify gives the request an id, the caller's own where it sent a sane one,
// and answers with it.
func identify(c *gin.Context) {
	given := c.GetHeader(requestIDHeader)
	if given == "" || len(given) > maxRequestID || strings.ContainsFunc(given, func(r rune) bool { return r <= ' ' || r > '~' }) {
		given = id.New(id.Request)
	}
	c.Set(requestIDHeader, given)
	c.Header(requestIDHeader, given)
}

func requestID(c *gin.Context) string { return c.GetString(requestIDHeader) }

// logRequests logs each request by its route, never by its path or query,
// which may hold what a visitor typed.
func logRequests(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		start := time.Now()
		c.Next()
		level := slog.LevelDebug
		attributes := []slog.Attr{
			slog.String("method", c.Request.Method),
			slog.String("route", c.FullPath()),
			slog.Int("status", c.Writer.Status()),
			slog.Duration("duration", time.Since(start)),
			slog.String("requestId", requestID(c)),
		}
		if err, failed := c.Get(errorKey); failed {
			level = slog.LevelError
			attributes = append(attributes, slog.Any("error", err))
		}
		log.LogAttrs(c.Request.Context(), level, "request", attributes...)
	}
}

// recoverPanics turns a panic into a problem and a log line.
func recoverPanics(log *slog.Logger) gin.HandlerFunc {
	return gin.CustomRecoveryWithWriter(nil, func(c *gin.Context, recovered any) {
		log.ErrorContext(c.Request.Context(), "panic", "requestId", requestID(c), "stack", string(debug.Stack()))
		if c.Writer.Written() {
			c.AbortWithStatus(http.StatusInternalServerError)
			return
		}
		writeProblem(c, fmt.Errorf("panic: %v", recovered))
	})
}
