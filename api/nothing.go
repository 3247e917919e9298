package api

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"
)

// handleNothing is handle for a use case that answers nothing: 204 without a
// body, or a problem.
func handleNothing[In any](use func(context.Context, In) error) gin.HandlerFunc {
	body := shapeOf[In]()
	return func(c *gin.Context) {
		var in In
		err := decode(c, &in, body)
		if err == nil {
			err = use(c.Request.Context(), in)
		}
		if err != nil {
			writeProblem(c, err)
			return
		}
		c.Status(http.StatusNoContent)
	}
}
