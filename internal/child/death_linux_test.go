package child_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"leadrail/internal/child"
)

// parentVariable makes the test binary a parent that waits to be killed.
const parentVariable = "CHILD_TEST_PARENT"

func TestMain(m *testing.M) {
	if os.Getenv(parentVariable) != "" {
		beParent()
	}
	m.Run()
}

// beParent starts a program that shares its input and output.
func beParent() {
	cmd := exec.Command("/bin/sh", "-c", "read line")
	cmd.Stdin, cmd.Stdout = os.Stdin, os.Stdout
	if _, err := child.Start(cmd, syscall.SIGKILL); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("started")
	select {}
}

func TestProcessDiesWithItsParent(t *testing.T) {
	t.Parallel()
	own, err := os.Executable()
	require.NoError(t, err)
	parent := exec.Command(own)
	parent.Env = append(os.Environ(), parentVariable+"=1")
	input, err := parent.StdinPipe() // closed at the end, which ends the program in any case
	require.NoError(t, err)
	defer input.Close()
	output, inherited, err := os.Pipe()
	require.NoError(t, err)
	defer output.Close()
	require.NoError(t, output.SetReadDeadline(time.Now().Add(patience)))
	parent.Stdout = inherited
	require.NoError(t, parent.Start())
	require.NoError(t, inherited.Close())

	lines := bufio.NewReader(output)
	line, err := lines.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "started\n", line)

	require.NoError(t, parent.Process.Kill())
	_, err = io.ReadAll(lines) // ends when nobody is left to write
	require.NoError(t, err)
	require.Error(t, parent.Wait())
}
