package models_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"leadrail/models"
)

func TestIsUnicode(t *testing.T) {
	t.Parallel()
	for written, want := range map[string]bool{
		`{"😀":"مرحبا"}`:              true,
		`"\ud83d\ude00\uD83D\uDE00"`: true,
		`"\\ud800"`:                  true, // a backslash and a word
		`"\ud7ff\ue000\u0000"`:       true,
		`"\ud83d"`:                   false,
		`"\uDE00"`:                   false,
		`"\ude00\ud83d"`:             false,
		`"\\\ud800"`:                 false,
		`"\ud83d\ud83d\ude00"`:       false,
		`"\ud83d😀"`:                  false,
		"\"\xff\"":                   false,
		"\"\\u0041\xff\"":            false,
		"\"\xed\xa0\x80\"":           false,
	} {
		require.Equal(t, want, models.IsUnicode([]byte(written)), written)
	}
}
