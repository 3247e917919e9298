package id_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/internal/id"
)

func TestNewIsValidAndUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 1000 {
		made := id.New(id.Submission)
		require.True(t, id.Valid(id.Submission, made), made)
		require.False(t, seen[made])
		seen[made] = true
	}
}

func TestNewSortsByTime(t *testing.T) {
	t.Parallel()
	made := make([]string, 1000)
	for i := range made {
		made[i] = id.New(id.Delivery)
	}
	require.True(t, slices.IsSorted(made))
}

func TestValid(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"sub_01jd9zk6r5e0cv3n8q2x4w7t1m":  true,
		"sub_7zzzzzzzzzzzzzzzzzzzzzzzzz":  true,
		"sub_8zzzzzzzzzzzzzzzzzzzzzzzzz":  false, // more than 128 bits
		"form_01jd9zk6r5e0cv3n8q2x4w7t1m": false, // another kind
		"sub_01jd9zk6r5e0cv3n8q2x4w7t1":   false, // too short
		"sub_01jd9zk6r5e0cv3n8q2x4w7t1mm": false, // too long
		"sub_01jd9zk6r5e0cv3n8q2x4w7t1u":  false, // u is not in the alphabet
		"SUB_01JD9ZK6R5E0CV3N8Q2X4W7T1M":  false,
		"sub_":                            false,
		"":                                false,
	} {
		require.Equal(t, want, id.Valid(id.Submission, text), text)
	}
}
