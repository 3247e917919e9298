package localpg

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// child is a process that dies with us.
type child struct {
	process *os.Process
	exited  chan struct{}
	// err is how it ended; read it after exited is closed.
	err error
}

// startChild starts cmd on a thread that lives as long as the process does:
// the parent-death signal is tied to the thread that started it, and Go ends
// idle threads when it likes.
func startChild(cmd *exec.Cmd) (*child, error) {
	c := &child{exited: make(chan struct{})}
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		c.process = cmd.Process
		started <- err
		if err != nil {
			return
		}
		c.err = cmd.Wait()
		close(c.exited)
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	return c, nil
}

// run waits for a child that ends by itself and kills it when ctx ends first.
func (c *child) run(ctx context.Context) error {
	select {
	case <-c.exited:
		return c.err
	case <-ctx.Done():
		c.kill(syscall.SIGKILL)
		return context.Cause(ctx)
	}
}

// kill sends a signal and waits for the end, which the signal must bring.
func (c *child) kill(signal syscall.Signal) {
	c.process.Signal(signal) // an error means that it has ended
	<-c.exited
}

// command prepares one of the PostgreSQL programs. It gets little of our
// environment: that holds secrets, and PG* variables would change what it does.
func command(user account, dir, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return !slices.Contains([]string{"PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR"}, name)
	})
	cmd.Env = append(cmd.Env, "LC_ALL=C", "TZ=UTC")
	cmd.SysProcAttr = childAttributes(user)
	return cmd
}

// newGroup keeps Ctrl-C in the terminal from the child, which is stopped in
// its turn, and makes it run as user.
func newGroup(user account) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{Setpgid: true}
	if user.dropped {
		attributes.Credential = &syscall.Credential{Uid: user.uid, Gid: user.gid}
	}
	return attributes
}
