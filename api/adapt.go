package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"

	"github.com/gin-gonic/gin"

	"leadrail/models"
)

// handle makes a handler of a use case: it decodes the request into In, asks,
// and writes Out as JSON with the status, or a problem. Fields of In come from
// the JSON body, and by their tags from the path (uri), the query (form) and
// the headers (header).
func handle[In, Out any](status int, use func(context.Context, In) (Out, error)) gin.HandlerFunc {
	body := shapeOf[In]()
	return handleRead(status, use, func(c *gin.Context, in any) error { return decode(c, in, body) })
}

// handleRead is handle for requests that are read in a way of their own.
func handleRead[In, Out any](status int, use func(context.Context, In) (Out, error), read func(*gin.Context, any) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		var in In
		if err := read(c, &in); err != nil {
			writeProblem(c, err)
			return
		}
		out, err := use(c.Request.Context(), in)
		if err != nil {
			writeProblem(c, err)
			return
		}
		writeJSON(c, describe(c, status, out), out)
	}
}

// describe sets the headers that follow from what is answered, and returns the
// status: what was to be accepted may be finished already.
func describe(c *gin.Context, status int, out any) int {
	if tagged, ok := out.(interface{ ETag() string }); ok {
		c.Header("ETag", tagged.ETag())
	}
	if changed, ok := out.(interface{ Target() string }); ok {
		c.Set(targetKey, changed.Target())
	}
	if named, ok := out.(interface{ Change() string }); ok {
		c.Set(changeKey, named.Change())
	}
	if placed, ok := out.(interface{ Location() string }); ok {
		c.Header("Location", placed.Location())
	}
	if repeat, ok := out.(interface{ Repeated() bool }); ok && repeat.Repeated() {
		c.Header("Idempotent-Replayed", "true")
	}
	if work, ok := out.(interface{ Finished() bool }); ok && work.Finished() {
		return http.StatusOK
	}
	return status
}

func writeJSON(c *gin.Context, status int, value any) {
	c.Header("Cache-Control", "no-store")
	c.PureJSON(status, value)
}

func decode(c *gin.Context, in any, body *shape) error {
	if err := decodeSent(c, in, body); err != nil {
		return err
	}
	if err := decodeQuery(c.Request.URL.RawQuery, in); err != nil {
		return err
	}
	return decodeNamed(c, in)
}

// decodeSent reads the body of a request that has one.
func decodeSent(c *gin.Context, in any, body *shape) error {
	if c.Request.Method != http.MethodPost && c.Request.Method != http.MethodPut {
		return nil
	}
	return decodeBody(c.Request.Body, in, body)
}

// decodeNamed reads what stands in the path and in headers.
func decodeNamed(c *gin.Context, in any) error {
	for _, param := range c.Params {
		if err := setTagged(in, "uri", param.Key, param.Value); err != nil {
			return err
		}
	}
	for _, name := range tags(in, "header") {
		if err := setTagged(in, "header", name, c.GetHeader(name)); err != nil {
			return err
		}
	}
	return nil
}

// decodeQuery refuses parameters that the use case does not know: a misspelt
// filter would otherwise select everything.
func decodeQuery(raw string, in any) error {
	query, err := url.ParseQuery(raw)
	if err != nil {
		return malformed("The query of the URL cannot be read.")
	}
	known := tags(in, "form")
	for name, values := range query {
		if !slices.Contains(known, name) {
			return unknownField(clip(name), name, known)
		}
		if len(values) > 1 {
			return duplicate("duplicate_parameter", "parameter", name)
		}
	}
	return decodeKnown(query, in)
}

// decodeKnown reads the parameters that the use case knows.
func decodeKnown(query url.Values, in any) error {
	for _, name := range tags(in, "form") {
		if err := setTagged(in, "form", name, query.Get(name)); err != nil {
			return models.InvalidField(name, "type", "The parameter cannot be read: "+kindOf(in, name)+".")
		}
	}
	return nil
}
