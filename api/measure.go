package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
)

// Watch sees every request. Route is the pattern of its path, empty where the
// table has none; done is told how it was answered.
type Watch interface {
	Request(r *http.Request, route string) (ctx context.Context, done func(status int))
}

// measure lets the watch see what a request costs, from its start to its end.
func measure(watch Watch) gin.HandlerFunc {
	return func(c *gin.Context) {
		if watch == nil {
			return
		}
		ctx, done := watch.Request(c.Request, c.FullPath())
		c.Request = c.Request.WithContext(ctx)
		c.Next()
		done(c.Writer.Status())
	}
}
