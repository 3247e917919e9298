package child_test

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/child"
)

func TestAYieldingProgramStandsBack(t *testing.T) {
	t.Parallel()
	cmd := child.Yielding("sleep", "60")
	process, err := child.Start(cmd, syscall.SIGKILL)
	require.NoError(t, err)
	defer process.Kill()
	require.Eventually(t, func() bool { return nameOf(t, process.PID()) == "sleep" }, 10*time.Second, 10*time.Millisecond, "it is the program itself")
	require.Equal(t, niceOf(t, os.Getpid())+10, niceOf(t, process.PID()))
}

func TestAYieldingProgramThatDoesNotExist(t *testing.T) {
	t.Parallel()
	process, err := child.Start(child.Yielding("/nowhere/program"), syscall.SIGKILL)
	require.NoError(t, err)
	<-process.Done()
	require.Error(t, process.Err())
}

// nameOf and niceOf read what the kernel tells of a process.
func nameOf(t *testing.T, pid int) string { t.Helper(); return statOf(t, pid)[0] }

func niceOf(t *testing.T, pid int) (nice int) {
	t.Helper()
	_, err := fmt.Sscan(statOf(t, pid)[17], &nice)
	require.NoError(t, err)
	return nice
}

// statOf is the name of a process and what follows it in its stat file.
func statOf(t *testing.T, pid int) []string {
	t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	require.NoError(t, err)
	_, after, _ := strings.Cut(string(text), "(")
	name, rest, _ := strings.Cut(after, ")")
	return append([]string{name}, strings.Fields(rest)...)
}
