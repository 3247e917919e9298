package localpg

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
)

// deathSignal is PostgreSQL's fast shutdown, sent by the system when we die.
const deathSignal = syscall.SIGINT

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
	cmd.SysProcAttr = asUser(user)
	return cmd
}

// asUser makes a program run as the cluster's user.
func asUser(user account) *syscall.SysProcAttr {
	attributes := &syscall.SysProcAttr{}
	if user.dropped {
		attributes.Credential = &syscall.Credential{Uid: user.uid, Gid: user.gid}
	}
	return attributes
}
