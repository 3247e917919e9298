package main

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReplayWantsToKnowWhat(t *testing.T) {
	t.Parallel()
	got := leadrail(t.Context(), nil, "replay", "-rate", "5")
	require.Equal(t, outcome{Code: 1, Err: "leadrail: say which failed leads: -form, -agent, -from, -to, or -all\n"}, got)
	got = leadrail(t.Context(), nil, "replay", "-from", "yesterday")
	require.Equal(t, 2, got.Code)
}
