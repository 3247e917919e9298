package api

import (
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"leadrail/models"
)

// What web pages may send and see (Fetch standard, "CORS protocol").
const (
	pageHeaders  = "Authorization, Content-Type, Idempotency-Key, Prefer, X-Request-Id, Mcp-Protocol-Version, Mcp-Method, Mcp-Name"
	shownHeaders = "Location, Idempotent-Replayed, Retry-After, X-Request-Id, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, " +
		"X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset"
	// preflightAge is how many seconds a browser may remember a preflight.
	preflightAge = "600"
)

// preflight answers a browser that asks whether a page may make a request with
// the methods. It comes without a key, so the answer is the same for every page:
// the request that follows is held to the origins of its key.
func preflight(methods string) gin.HandlerFunc {
	return func(c *gin.Context) {
		origin := c.GetHeader("Origin")
		if origin == "" || c.GetHeader("Access-Control-Request-Method") == "" {
			writeProblem(c, errNoMethod)
			return
		}
		c.Header("Vary", "Origin")
		c.Header("Access-Control-Allow-Origin", origin)
		c.Header("Access-Control-Allow-Methods", methods)
		c.Header("Access-Control-Allow-Headers", pageHeaders)
		c.Header("Access-Control-Max-Age", preflightAge)
		c.Status(http.StatusNoContent)
	}
}

// allowOrigin holds a publishable key to its origins, and lets a page of theirs
// read the answer. What a secret key is answered no page can read.
func allowOrigin(c *gin.Context, caller models.Principal) error {
	if !caller.Publishable() {
		return nil
	}
	origin := c.GetHeader("Origin")
	if !slices.Contains(caller.Origins, origin) {
		return &models.Error{
			Code: models.CodeForbidden, Reason: "origin_not_allowed",
			Message: "A publishable key works in pages of its origins alone.",
		}
	}
	c.Header("Access-Control-Allow-Origin", origin)
	c.Header("Access-Control-Expose-Headers", shownHeaders)
	return nil
}
