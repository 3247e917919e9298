package localpg

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// processes lists the server processes that work on the cluster, also those
// that a killed postmaster left behind. Their working directory is the cluster.
func (p place) processes() []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var pids []int
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil || !isPostgres(pid) {
			continue
		}
		if dir, err := p.user.readlink(procFile(pid, "cwd")); err == nil && dir == p.cluster() {
			pids = append(pids, pid)
		}
	}
	return pids
}

// readlink reads a link that only its owner may read. Root may, but not in a
// container, where it lacks CAP_SYS_PTRACE: then a thread takes the owner's
// identity. It is never unlocked, so it ends with its goroutine and nothing
// else runs under that identity.
func (a account) readlink(path string) (string, error) {
	target, err := os.Readlink(path)
	if err == nil || !a.dropped || !errors.Is(err, fs.ErrPermission) {
		return target, err
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		if err = syscall.Setfsgid(int(a.gid)); err != nil {
			return
		}
		if err = syscall.Setfsuid(int(a.uid)); err != nil {
			return
		}
		target, err = os.Readlink(path)
	}()
	<-done
	return target, err
}

// isPostgres is false for a zombie, whose command line is empty.
func isPostgres(pid int) bool {
	name, err := os.ReadFile(procFile(pid, "comm"))
	if err != nil || strings.TrimSpace(string(name)) != "postgres" {
		return false
	}
	arguments, err := os.ReadFile(procFile(pid, "cmdline"))
	return err == nil && len(arguments) > 0
}

func procFile(pid int, name string) string {
	return filepath.Join("/proc", strconv.Itoa(pid), name)
}
