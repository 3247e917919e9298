package api

import (
	"math"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/time/rate"

	"leadrail/models"
)

// Bounds of a limiter's memory.
const (
	maxBuckets = 100_000
	sweepEvery = time.Minute
)

// limiter remembers how much each caller has left of its limit: a bucket of
// tokens that fills up again. A bucket that is full again is forgotten. It is
// safe for concurrent use.
type limiter struct {
	mu      sync.Mutex
	buckets map[string]*bucket
	swept   time.Time
}

type bucket struct {
	tokens *rate.Limiter
	// fullAt is when nothing will have been taken.
	fullAt time.Time
}

func newLimiter() *limiter { return &limiter{buckets: map[string]*bucket{}} }

// allowance is what a caller has left.
type allowance struct {
	ok        bool
	remaining int
	// reset is until everything is there again, retry until the next request may
	// come.
	reset, retry time.Duration
}

// take counts a request of a caller.
func (l *limiter) take(caller string, limit models.RateLimit, now time.Time) allowance {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[caller]
	if b == nil {
		l.sweep(now)
		b = &bucket{tokens: rate.NewLimiter(rate.Limit(limit.PerSecond), limit.Burst)}
		l.buckets[caller] = b
	}
	ok := b.tokens.AllowN(now, 1)
	left := b.tokens.TokensAt(now)
	wait := func(tokens float64) time.Duration {
		return time.Duration(max(tokens-left, 0) / limit.PerSecond * float64(time.Second))
	}
	got := allowance{ok: ok, remaining: int(max(left, 0)), reset: wait(float64(limit.Burst)), retry: wait(1)}
	b.fullAt = now.Add(got.reset)
	return got
}

// sweep forgets buckets that are full again, now and then. Where there is no
// room all the same, somebody starts afresh.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) >= sweepEvery {
		l.swept = now
		for caller, b := range l.buckets {
			if !now.Before(b.fullAt) {
				delete(l.buckets, caller)
			}
		}
	}
	for caller := range l.buckets {
		if len(l.buckets) < maxBuckets {
			return
		}
		delete(l.buckets, caller)
	}
}

// spend counts the request against the caller's limit, and says in the answer
// what is left.
func (g *gate) spend(c *gin.Context, caller models.Principal) error {
	limit := g.limits.Of(caller)
	if limit == (models.RateLimit{}) {
		return nil
	}
	who := caller.KeyID
	if caller.Publishable() {
		who += " " + network(c.ClientIP())
	}
	got := g.spent.take(who, limit, time.Now())
	c.Header("RateLimit-Limit", strconv.Itoa(limit.Burst))
	c.Header("RateLimit-Remaining", strconv.Itoa(got.remaining))
	c.Header("RateLimit-Reset", seconds(got.reset))
	if c.GetBool(productKey) {
		c.Header("X-RateLimit-Limit", strconv.Itoa(limit.Burst))
		c.Header("X-RateLimit-Remaining", strconv.Itoa(got.remaining))
		c.Header("X-RateLimit-Reset", strconv.FormatInt(time.Now().Add(got.reset).Unix(), 10))
	}
	if got.ok {
		return nil
	}
	c.Header("Retry-After", seconds(got.retry))
	return models.Errorf(models.CodeRateLimited, "Too many requests: wait for as long as Retry-After says.")
}

// trust says whom the service believes about the address of a caller: nobody
// but these proxies.
func trust(engine *gin.Engine, proxies []netip.Prefix) {
	ranges := make([]string, len(proxies))
	for i, proxy := range proxies {
		ranges[i] = proxy.String()
	}
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"}
	if err := engine.SetTrustedProxies(ranges); err != nil {
		panic(err) // they are ranges already
	}
}

// seconds writes a wait in whole seconds, rounded up.
func seconds(wait time.Duration) string {
	return strconv.Itoa(int(math.Ceil(wait.Seconds())))
}

// network is the part of an address that one caller may be expected to have: of
// IPv6 a whole /64 (RFC 6177 section 2).
func network(ip string) string {
	address, err := netip.ParseAddr(ip)
	if err != nil || address.Unmap().Is4() {
		return ip
	}
	prefix, err := address.WithZone("").Prefix(64)
	if err != nil {
		return ip
	}
	return prefix.String()
}
