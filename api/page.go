package api

import (
	"github.com/gin-gonic/gin"

	"leadrail/web"
)

// servePage makes a handler of a page.
func servePage(show func(c *gin.Context) (web.Page, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		page, err := show(c)
		if err != nil {
			writeProblem(c, err)
			return
		}
		page.WriteTo(c.Writer)
	}
}

// credentials returns the Authorization header of a request, where the route is
// a page also from what a browser asked its user for. A browser asks when the
// answer names the scheme, so that is what a refusal of a page does.
func credentials(c *gin.Context, p policy) string {
	if !p.page {
		return c.GetHeader("Authorization")
	}
	c.Set(challengeKey, `Basic realm="Leadrail: any name, your key as password", charset="UTF-8"`)
	if _, key, basic := c.Request.BasicAuth(); basic {
		return "Bearer " + key
	}
	return c.GetHeader("Authorization")
}
