package api_test

import (
	"net/http"
	"net/netip"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/api"
	"leadrail/models"
)

// limited is a service where a secret key has three requests, and an address
// with a publishable one two, for as long as a test takes.
func limited(t *testing.T) *service {
	t.Helper()
	s := newService(t)
	s.dependencies.Limits = models.RateLimits{
		Secret: models.RateLimit{PerSecond: 0.001, Burst: 3}, Publishable: models.RateLimit{PerSecond: 0.001, Burst: 2},
	}
	s.dependencies.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}
	s.handler = api.NewHandler(s.dependencies)
	return s
}

func from(address string) option { return func(r *http.Request) { r.RemoteAddr = address } }

func TestASecretKeyHasALimitOfItsOwn(t *testing.T) {
	t.Parallel()
	s := limited(t)
	_, key := s.key(t, secretKey([]string{"read"}))
	_, other := s.key(t, secretKey([]string{"read"}))
	for left := 2; left >= 0; left-- {
		answer := s.call(t, http.MethodGet, "/v1/forms", as(key), from("192.0.2."+strconv.Itoa(left)+":1"))
		require.Equal(t, http.StatusOK, answer.Code)
		require.Equal(t, "3", answer.Header().Get("RateLimit-Limit"))
		require.Equal(t, strconv.Itoa(left), answer.Header().Get("RateLimit-Remaining"))
		require.NotEqual(t, "0", answer.Header().Get("RateLimit-Reset"))
	}
	answer := s.call(t, http.MethodGet, "/v1/forms", as(key))
	require.Equal(t, http.StatusTooManyRequests, answer.Code)
	require.Equal(t, "rate_limited", decoded(t, answer)["code"])
	wait, err := strconv.Atoi(answer.Header().Get("Retry-After"))
	require.NoError(t, err)
	require.InDelta(t, 1000, wait, 5, "until one more may come")
	require.Equal(t, "0", answer.Header().Get("RateLimit-Remaining"))

	s.read(t, http.StatusOK, http.MethodGet, "/v1/forms", as(other))
}

func TestTheAdminKeyHasNoLimit(t *testing.T) {
	t.Parallel()
	s := limited(t)
	for range 20 {
		answer := s.call(t, http.MethodGet, "/v1/forms")
		require.Equal(t, http.StatusOK, answer.Code)
		require.Empty(t, answer.Header().Get("RateLimit-Limit"))
	}
}

// TestAPublishableKeyIsLimitedByAddress: whoever uses one up stops nobody else.
func TestAPublishableKeyIsLimitedByAddress(t *testing.T) {
	t.Parallel()
	through := func(address, forwarded string) []option {
		return []option{from(address), with("X-Forwarded-For", forwarded)}
	}
	for name, c := range map[string]struct {
		spender, next []option
		limited       bool
	}{
		"the same address":                   {through("192.0.2.1:1", ""), through("192.0.2.1:2", ""), true},
		"another address":                    {through("192.0.2.1:1", ""), through("192.0.2.2:1", ""), false},
		"one network of IPv6":                {through("[2001:db8::1]:1", ""), through("[2001:db8::ffff]:1", ""), true},
		"another network of IPv6":            {through("[2001:db8::1]:1", ""), through("[2001:db8:0:1::1]:1", ""), false},
		"a made-up sender":                   {through("192.0.2.1:1", "198.51.100.1"), through("192.0.2.1:1", "198.51.100.2"), true},
		"two behind a proxy that is trusted": {through("10.0.0.1:1", "198.51.100.1"), through("10.0.0.1:1", "198.51.100.2"), false},
		"one behind a proxy that is trusted": {through("10.0.0.1:1", "198.51.100.1"), through("10.0.0.2:1", "198.51.100.1"), true},
		"one who makes up more before it":    {through("10.0.0.1:1", "203.0.113.1, 198.51.100.1"), through("10.0.0.1:1", "203.0.113.2, 198.51.100.1"), true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := limited(t)
			lead := sending(t, object{"formId": s.create(t, aForm("contact_form")), "formData": object{"email": "a@b.co"}})
			_, key := s.key(t, pageKey())
			submit := func(by []option) int {
				answer := s.call(t, http.MethodPost, "/v1/submissions", append(by, as(key), with("Origin", page), lead)...)
				require.Equal(t, page, answer.Header().Get("Access-Control-Allow-Origin"), "the page can read it")
				return answer.Code
			}
			require.Equal(t, http.StatusAccepted, submit(c.spender))
			require.Equal(t, http.StatusAccepted, submit(c.spender))
			want := http.StatusAccepted
			if c.limited {
				want = http.StatusTooManyRequests
			}
			require.Equal(t, want, submit(c.next))
		})
	}
}
