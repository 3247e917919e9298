package api_test

import (
	"net/http"
	"regexp"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/gin-gonic/gin"
	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"

	"leadrail/api"
)

// known is what the route table and the contract both say of an operation.
type known struct {
	Public bool
	Scope  string
	// Or is a second scope that opens it.
	Or string
	// Page routes take HTTP Basic authentication as well.
	Page bool
}

func TestRoutesContractAndPoliciesAreOne(t *testing.T) {
	t.Parallel()
	service := newService(t)

	table := map[string]known{}
	for _, route := range api.Routes(service.dependencies) {
		table[route.Method+" "+templated(route.Path)] = known{route.Public, route.Scope, route.OrScope, route.Page}
		require.NotEqual(t, route.Public, route.Scope != "", "%s: a route is public or names a scope", route.Path)
	}
	served := map[string]bool{}
	for _, route := range service.handler.(*gin.Engine).Routes() {
		if route.Method != http.MethodOptions { // asked by browsers, not by callers
			served[route.Method+" "+templated(route.Path)] = true
		}
	}
	described := map[string]known{}
	for path, item := range theContract(t).doc.Paths.Map() {
		for method, operation := range item.Operations() {
			described[method+" "+path] = securityOf(t, operation)
			require.Contains(t, served, method+" "+path, "the contract describes what is not served")
		}
	}
	require.Empty(t, cmp.Diff(table, described), "route table (-) and contract (+)")
	require.Len(t, served, len(table))
}

func TestWhatAPageMayCallAnswersItsPreflight(t *testing.T) {
	t.Parallel()
	service := newService(t)
	want, got := map[string]bool{}, map[string]bool{}
	for _, route := range api.Routes(service.dependencies) {
		if (route.Scope == "submit" || route.Scope == "events") && !route.SecretOnly {
			require.True(t, route.FromPages, route.Path)
			want[route.Path] = true
		}
	}
	for _, route := range service.handler.(*gin.Engine).Routes() {
		if route.Method == http.MethodOptions {
			got[route.Path] = true
		}
	}
	require.Equal(t, want, got)
}

func TestEveryChangeIsCalledSomethingInTheAudit(t *testing.T) {
	t.Parallel()
	for _, route := range api.Routes(newService(t).dependencies) {
		at := route.Method + " " + route.Path
		switch {
		case route.Public, route.Scope == "submit", route.Scope == "events", route.Scope == "read", route.Method == http.MethodGet:
			require.Empty(t, route.Audit, "%s changes nothing that an operator has set", at)
		default:
			require.Regexp(t, `^[a-z]+\.[a-z]+$`, route.Audit, at)
		}
	}
}

func TestEveryOperationWithAKeySaysHowAKeyIsRefused(t *testing.T) {
	t.Parallel()
	for path, item := range theContract(t).doc.Paths.Map() {
		for method, operation := range item.Operations() {
			if len(*operation.Security) == 0 {
				continue
			}
			for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests} {
				require.NotNil(t, operation.Responses.Status(status), "%s %s answers %d", method, path, status)
			}
		}
	}
}

func TestEveryRouteThatTakesABodyBoundsIt(t *testing.T) {
	t.Parallel()
	for _, route := range api.Routes(newService(t).dependencies) {
		takesBody := route.Method == http.MethodPost || route.Method == http.MethodPut
		require.Equal(t, takesBody, route.BodyLimit > 0, "%s %s", route.Method, route.Path)
	}
}

func TestEveryOperationIsDescribed(t *testing.T) {
	t.Parallel()
	doc := theContract(t).doc
	require.NoError(t, doc.Validate(t.Context(), openapi3.EnableExamplesValidation()))
	ids := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method, operation := range item.Operations() {
			at := method + " " + path
			require.NotEmpty(t, operation.Summary, at)
			require.Len(t, operation.Tags, 1, at)
			require.NotEmpty(t, operation.OperationID, at)
			require.False(t, ids[operation.OperationID], "operationId of %s", at)
			ids[operation.OperationID] = true
			require.NotNil(t, operation.Security, at)
			if operation.RequestBody != nil {
				for kind, content := range operation.RequestBody.Value.Content {
					require.NotNil(t, content.Example, "%s %s has an example", at, kind)
				}
			}
			for status, response := range operation.Responses.Map() {
				require.Contains(t, response.Value.Headers, "X-Request-Id", "%s %s", at, status)
				for kind, content := range response.Value.Content {
					require.NotNil(t, content.Example, "%s %s %s has an example", at, status, kind)
				}
			}
		}
	}
}

func TestContractIsServed(t *testing.T) {
	t.Parallel()
	answer := newService(t).call(t, http.MethodGet, "/openapi.yaml", withoutKey())
	require.Equal(t, http.StatusOK, answer.Code)
	require.Equal(t, string(api.Contract()), answer.Body.String())
}

func securityOf(t *testing.T, operation *openapi3.Operation) known {
	t.Helper()
	require.NotNil(t, operation.Security, "%s lists its security", operation.OperationID)
	if len(*operation.Security) == 0 {
		return known{Public: true}
	}
	schemes := *operation.Security
	require.Len(t, schemes[0]["bearer"], 1, operation.OperationID)
	found := known{Scope: schemes[0]["bearer"][0]}
	for _, other := range schemes[1:] {
		if other["basic"] != nil {
			found.Page = true
			continue
		}
		require.Len(t, other["bearer"], 1, operation.OperationID)
		found.Or = other["bearer"][0]
	}
	return found
}

// templated writes :id as {id}.
func templated(path string) string {
	return regexp.MustCompile(`:(\w+)`).ReplaceAllString(path, "{$1}")
}
