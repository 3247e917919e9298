package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/stretchr/testify/require"

	"leadrail/api"
)

// contract is openapi.yaml, made strict: an answer with a field that is not
// described breaks it.
type contract struct {
	doc    *openapi3.T
	router routers.Router
	// mu guards the compiled schemas inside doc.
	mu sync.Mutex
}

// readContract reads and compiles the contract once.
//
//nolint:gochecknoglobals // read-only after the first call, and slow to make
var readContract = sync.OnceValues(func() (*contract, error) {
	openapi3filter.RegisterBodyDecoder("text/html", openapi3filter.RegisteredBodyDecoder("text/plain"))
	openapi3filter.RegisterBodyDecoder("text/event-stream", openapi3filter.RegisteredBodyDecoder("text/plain"))
	published, err := openapi3.NewLoader().LoadFromData(api.Contract())
	if err != nil {
		return nil, err
	}
	encoded, err := json.Marshal(published)
	if err != nil {
		return nil, err
	}
	var raw map[string]any
	if err := json.Unmarshal(encoded, &raw); err != nil {
		return nil, err
	}
	closeObjects(raw)
	delete(raw, "servers")
	if encoded, err = json.Marshal(raw); err != nil {
		return nil, err
	}
	doc, err := openapi3.NewLoader().LoadFromData(encoded)
	if err != nil {
		return nil, err
	}
	router, err := legacy.NewRouter(doc)
	return &contract{doc: doc, router: router}, err
})

func theContract(t *testing.T) *contract {
	t.Helper()
	c, err := readContract()
	require.NoError(t, err)
	return c
}

// closeObjects forbids further properties in every schema that lists some.
func closeObjects(node any) {
	switch node := node.(type) {
	case map[string]any:
		for key, child := range node {
			if key != "example" && key != "examples" {
				closeObjects(child)
			}
		}
		if _, lists := node["properties"].(map[string]any); lists && node["type"] == "object" && node["additionalProperties"] == nil {
			node["additionalProperties"] = false
		}
	case []any:
		for _, child := range node {
			closeObjects(child)
		}
	}
}

// check fails the test when an exchange is not as the contract says. A request
// that was refused for its form need not be.
func (c *contract) check(t *testing.T, request *http.Request, body []byte, answer *httptest.ResponseRecorder) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	route, params, err := c.router.FindRoute(request)
	if err != nil || strings.Contains(answer.Body.String(), `"code":"no_route"`) { // the router here forgives a slash
		c.checkOutside(t, answer)
		return
	}
	in := &openapi3filter.RequestValidationInput{
		Request: request, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: hasKey, IncludeResponseStatus: true},
	}
	if wellFormed(answer.Code) {
		request.Body = io.NopCloser(bytes.NewReader(body))
		require.NoError(t, openapi3filter.ValidateRequest(t.Context(), in), "the request against openapi.yaml")
	}
	require.NoError(t, openapi3filter.ValidateResponse(t.Context(), &openapi3filter.ResponseValidationInput{
		RequestValidationInput: in, Status: answer.Code, Header: answer.Header(),
		Body: io.NopCloser(bytes.NewReader(answer.Body.Bytes())), Options: in.Options,
	}), "the answer against openapi.yaml: %s", answer.Body)
	if answer.Code >= http.StatusBadRequest && answer.Header().Get("Content-Type") == "application/problem+json" {
		c.checkOutside(t, answer)
	}
}

// checkOutside checks a problem, also one of a path that is not in the contract.
func (c *contract) checkOutside(t *testing.T, answer *httptest.ResponseRecorder) {
	t.Helper()
	require.Equal(t, "application/problem+json", answer.Header().Get("Content-Type"))
	var value map[string]any
	require.NoError(t, json.Unmarshal(answer.Body.Bytes(), &value))
	problem := c.doc.Components.Schemas["Problem"].Value
	require.NoError(t, problem.VisitJSON(value, openapi3.EnableJSONSchema2020()), "%s", answer.Body)
	require.InDelta(t, answer.Code, value["status"], 0)
	require.Equal(t, http.StatusText(answer.Code), value["title"])
	require.Equal(t, "urn:leadrail:problem:"+value["code"].(string), value["type"])
	require.Equal(t, answer.Header().Get("X-Request-Id"), value["requestId"])
}

// wellFormed tells the answers to requests that openapi.yaml allows.
func wellFormed(status int) bool {
	switch status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity:
		return false
	}
	return true
}

func hasKey(_ context.Context, in *openapi3filter.AuthenticationInput) error {
	header := in.RequestValidationInput.Request.Header
	_, password, basic := in.RequestValidationInput.Request.BasicAuth()
	if in.SecuritySchemeName == "basic" && basic && strings.HasPrefix(password, "lr_") {
		return nil
	}
	if in.SecuritySchemeName == "bearer" && strings.HasPrefix(header.Get("Authorization"), "Bearer lr_") {
		return nil
	}
	return errors.New("the request has no key")
}
