package api

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestABucketFillsAgain(t *testing.T) {
	t.Parallel()
	l, limit := newLimiter(), models.RateLimit{PerSecond: 2, Burst: 2}
	at := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	require.Equal(t, allowance{ok: true, remaining: 1, reset: 500 * time.Millisecond}, l.take("a", limit, at))
	require.Equal(t, allowance{ok: true, remaining: 0, reset: time.Second, retry: 500 * time.Millisecond}, l.take("a", limit, at))
	require.Equal(t, allowance{ok: false, remaining: 0, reset: time.Second, retry: 500 * time.Millisecond}, l.take("a", limit, at))
	require.True(t, l.take("a", limit, at.Add(500*time.Millisecond)).ok)
	require.False(t, l.take("a", limit, at.Add(500*time.Millisecond)).ok)
	require.Equal(t, 1, l.take("a", limit, at.Add(time.Hour)).remaining)
}

func TestFullBucketsAreForgottenAndOthersKept(t *testing.T) {
	t.Parallel()
	l, slow, quick := newLimiter(), models.RateLimit{PerSecond: 0.001, Burst: 1}, models.RateLimit{PerSecond: 1000, Burst: 1}
	at := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	l.take("slow", slow, at)
	l.take("quick", quick, at)
	l.take("new", quick, at.Add(sweepEvery))
	require.Len(t, l.buckets, 2)
	require.False(t, l.take("slow", slow, at.Add(sweepEvery)).ok)
}

func TestMemoryOfCallersIsBounded(t *testing.T) {
	t.Parallel()
	l, limit := newLimiter(), models.RateLimit{PerSecond: 0.001, Burst: 1}
	at := time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
	for i := range maxBuckets + 100 {
		l.take(fmt.Sprint(i), limit, at)
	}
	require.Len(t, l.buckets, maxBuckets)
}
