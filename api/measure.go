package api

import (
	"context"
	"net/http"
	"sync"

	"github.com/gin-gonic/gin"
)

// Watch sees every request. Route is the pattern of its path, empty where the
// table has none; done is told how it was answered.
type Watch interface {
	Request(r *http.Request, route string) (ctx context.Context, done func(status int))
}

// measuredKey is where a request has what ends its measuring.
const measuredKey = "leadrail.measured"

// measure lets the watch see what a request costs, from its start to its end or,
// of a stream, to its beginning.
func measure(watch Watch) gin.HandlerFunc {
	return func(c *gin.Context) {
		if watch == nil {
			return
		}
		ctx, done := watch.Request(c.Request, c.FullPath())
		c.Request = c.Request.WithContext(ctx)
		once := sync.OnceFunc(func() { done(c.Writer.Status()) })
		c.Set(measuredKey, once)
		c.Next()
		once()
	}
}

// measured ends the measuring before the request does: how long a caller listens to
// a stream says nothing of how fast the service is.
func measured(c *gin.Context) {
	value, _ := c.Get(measuredKey)
	if done, watched := value.(func()); watched {
		done()
	}
}
