package api_test

import (
	"bytes"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/api"
	"leadrail/internal/auth"
)

// TestNoKeyIsEverLogged calls every route with keys that work and keys that do
// not, wherever a caller may put one, at the level that logs every request.
func TestNoKeyIsEverLogged(t *testing.T) {
	t.Parallel()
	s := newService(t)
	_, stored := s.key(t, secretKey([]string{"read"}))
	_, publishable := s.key(t, pageKey())
	var log bytes.Buffer
	s.dependencies.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	handler := api.NewHandler(s.dependencies)

	keys := []string{adminKey, stored, publishable, auth.NewKey()}
	places := map[string]func(r *http.Request, key string){
		"the header":     func(r *http.Request, key string) { r.Header.Set("Authorization", "Bearer "+key) },
		"without scheme": func(r *http.Request, key string) { r.Header.Set("Authorization", key) },
		"basic auth":     func(r *http.Request, key string) { r.SetBasicAuth(key, key) },
		"the query":      func(r *http.Request, key string) { r.URL.RawQuery = "key=" + key + "&" + key },
		"the path":       func(r *http.Request, key string) { r.URL.Path += "/" + key },
		"both, admitted": func(r *http.Request, key string) {
			r.Header.Set("Authorization", "Bearer "+key)
			r.URL.RawQuery = "key=" + key
		},
		"another header":  func(r *http.Request, key string) { r.Header.Set("X-Api-Key", key) },
		"the body, alone": func(*http.Request, string) {},
	}
	for _, route := range api.Routes(s.dependencies) {
		for place, put := range places {
			for _, key := range keys {
				request := httptest.NewRequest(route.Method, strings.ReplaceAll(route.Path, ":id", "x"), strings.NewReader(`{"key":"`+key+`"}`))
				put(request, key)
				handler.ServeHTTP(httptest.NewRecorder(), request)
				require.NotContains(t, log.String(), key, "%s %s, key in %s", route.Method, route.Path, place)
				require.NotContains(t, log.String(), base64.StdEncoding.EncodeToString([]byte(key+":"+key)))
			}
		}
		require.Contains(t, log.String(), `"route":"`+route.Path+`"`)
		log.Reset()
	}
}
