package localpg

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// folderLock is an advisory lock that the system drops when its holder dies.
type folderLock struct{ file *os.File }

// acquire takes the lock at path or returns a *LockedError at once.
func acquire(path string) (*folderLock, error) {
	for {
		file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, fmt.Errorf("open the lock of the data folder: %w", err)
		}
		if err := flock(file); err != nil {
			holder := readPID(file)
			file.Close()
			if errors.Is(err, syscall.EWOULDBLOCK) {
				return nil, &LockedError{Dir: filepath.Dir(path), PID: holder}
			}
			return nil, fmt.Errorf("lock the data folder: %w", err)
		}
		if !stillAt(file, path) { // removed between open and lock
			file.Close()
			continue
		}
		if err := writePID(file); err != nil {
			file.Close()
			return nil, err
		}
		return &folderLock{file: file}, nil
	}
}

// release gives the lock up. The file stays: removing it would let two
// processes lock two files of one name.
func (l *folderLock) release() {
	l.file.Truncate(0) // an error leaves our number there until the next holder signs
	l.file.Close()
}

func flock(file *os.File) error {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func stillAt(file *os.File, path string) bool {
	ours, err := file.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(path)
	return err == nil && os.SameFile(ours, there)
}

func writePID(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return fmt.Errorf("sign the lock of the data folder: %w", err)
	}
	if _, err := file.WriteAt([]byte(strconv.Itoa(os.Getpid())+"\n"), 0); err != nil {
		return fmt.Errorf("sign the lock of the data folder: %w", err)
	}
	return nil
}

// readPID returns 0 for a lock whose holder has not signed.
func readPID(file *os.File) int {
	text, err := io.ReadAll(io.LimitReader(file, 32))
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return pid
}
