package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/log/tag"
)

// logLine is what the tests read of a line.
type logLine struct {
	Time    string `json:"time"`
	Level   string `json:"level"`
	Msg     string `json:"msg"`
	Error   string `json:"error"`
	Service string `json:"service"`
	Count   int    `json:"count"`
}

func logLines(t *testing.T, buf *bytes.Buffer) []logLine {
	t.Helper()
	var lines []logLine
	for dec := json.NewDecoder(buf); dec.More(); {
		var line logLine
		require.NoError(t, dec.Decode(&line))
		lines = append(lines, line)
	}
	return lines
}

func TestLogDropsRepetitionsAndCountsThem(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	l := newLogger("error", &buf)
	derived := log.With(l.Logger, tag.String("service", "history"))
	for range 500 {
		l.Error("lost", tag.Error(errors.New("gone")))
		derived.Error("lost")
	}
	derived.Error("another")
	l.Info("below the level")
	l.flush()

	lines := logLines(t, &buf)
	require.Len(t, lines, linesPerMessage+2)
	require.Equal(t, "lost", lines[0].Msg)
	require.Equal(t, "ERROR", lines[0].Level)
	require.Equal(t, "gone", lines[0].Error)
	require.NotEmpty(t, lines[0].Time)
	require.Equal(t, "history", lines[linesPerMessage].Service)
	require.Equal(t, "log lines dropped", lines[linesPerMessage+1].Msg)
	require.Equal(t, 1000-linesPerMessage, lines[linesPerMessage+1].Count)
}

func TestLogBoundsDifferentMessages(t *testing.T) {
	t.Parallel()
	var buf bytes.Buffer
	l := newLogger("info", &buf)
	for i := range 3 * linesPerWindow {
		l.Info(fmt.Sprintf("message %d", i))
	}
	l.flush()
	l.Info("a new window")
	l.flush()

	lines := logLines(t, &buf)
	require.Len(t, lines, linesPerWindow+2)
	require.Equal(t, 2*linesPerWindow, lines[linesPerWindow].Count)
	require.Equal(t, "a new window", lines[linesPerWindow+1].Msg)
}
