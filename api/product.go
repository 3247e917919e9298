package api

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"leadrail/models"
)

// The compatible routes answer clients that were written for a hosted product with
// form tools: its paths, its shapes, its words. They translate, and the use cases
// are those of /v1. docs/compatibility.md says what differs.

// productRoutes are the compatible ones. What goes in is taken leniently: names that
// nobody knows are left alone.
func productRoutes(d Dependencies) []route {
	read := policy{scope: models.ScopeRead, product: true}.ofAgent()
	write := policy{scope: models.ScopeWrite, product: true, bodyLimit: formLimit}.ofAgent()
	remove := policy{scope: models.ScopeWrite, product: true}.ofAgent()
	submit := policy{scope: models.ScopeSubmit, product: true, bodyLimit: largeLimit}.ofAgent()
	report := policy{scope: models.ScopeSubmit, orScope: models.ScopeWrite, product: true, bodyLimit: leadLimit}.ofAgent()
	tools := productTools{d.Forms}
	submissions := productSubmissions{d.Leads}
	conversations := productConversations{d.Conversations, d.ConversationSlices}
	return []route{
		{http.MethodPost, "/form-submissions/submit", submit, someLarge(handleProduct(http.StatusOK, submissions.submit))},
		{http.MethodPost, "/form-submissions/client-result", report, handleProduct(http.StatusOK, submissions.report)},
		{http.MethodGet, "/form-submissions/analytics", read, handleProduct(http.StatusOK, productAnalytics{d.Analytics}.tools)},
		{http.MethodGet, "/tools", read, handleProduct(http.StatusOK, tools.list)},
		{http.MethodPost, "/tools", write.as("form.create"), handleProduct(http.StatusCreated, tools.create)},
		{http.MethodGet, "/tools/limits", read, handleProduct(http.StatusOK, tools.limits)},
		{http.MethodGet, "/tools/:id", read, handleProduct(http.StatusOK, tools.read)},
		{http.MethodPut, "/tools/:id", write.as("form.replace"), handleProduct(http.StatusOK, tools.update)},
		{http.MethodDelete, "/tools/:id", remove.as("form.delete"), handleProduct(http.StatusOK, tools.remove)},
		{http.MethodGet, "/conversations", read, handleProduct(http.StatusOK, conversations.list)},
		{http.MethodGet, "/conversations/:id", read, handleProduct(http.StatusOK, conversations.read)},
	}
}

// handleProduct is handle for a compatible route.
func handleProduct[In, Out any](status int, use func(context.Context, In) (Out, error)) gin.HandlerFunc {
	return handleRead(status, use, decodeLenient)
}

// decodeLenient is decode for whoever may send more than is known here.
func decodeLenient(c *gin.Context, in any) error {
	if err := decodeSent(c, in, nil); err != nil {
		return err
	}
	query, err := url.ParseQuery(c.Request.URL.RawQuery)
	if err != nil {
		return malformed("The query of the URL cannot be read.")
	}
	if err := decodeKnown(query, in); err != nil {
		return err
	}
	return decodeNamed(c, in)
}

// required is the error of a text that must be there.
func required(name, text string) error {
	if text != "" {
		return nil
	}
	return models.InvalidField(name, "required", "Send "+name+".")
}

// productKey is set where errors are written in the compatible shape.
const productKey = "leadrail.product"

// productError is an error in the compatible shape. Data is always null.
type productError struct {
	Data  *struct{}     `json:"data"`
	Error productReason `json:"error"`
}

type productReason struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	// Fields are ours: each problem of an input.
	Fields []models.FieldError `json:"fields,omitempty"`
}

// writeProductError answers with what writeProblem makes of an error. The product
// has one status for whatever is wrong with a request.
func writeProductError(c *gin.Context, status int, shown *models.Error) {
	if status == http.StatusUnprocessableEntity || status == http.StatusRequestEntityTooLarge {
		status = http.StatusBadRequest
	}
	writeJSON(c, status, productError{Error: productReason{
		Code: strings.ToUpper(codeOf(shown)), Message: shown.Error(), Fields: shown.Fields,
	}})
	c.Abort()
}
