package localpg

import (
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is who the server runs as.
type account struct {
	name     string
	uid, gid uint32
	// dropped is whether that is another user than our own.
	dropped bool
}

// serverAccount is ourselves, unless we are root, as whom PostgreSQL refuses
// to run. Root takes the owner of an existing cluster, so that a folder made
// without root still works with it; else the system user for it; else nobody.
func serverAccount(cluster string) (account, error) {
	self := account{name: strconv.Itoa(os.Geteuid()), uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}
	owner, exists := ownerOf(cluster)
	if self.uid != 0 {
		if exists && owner.uid != self.uid {
			return account{}, fmt.Errorf("postgres data in %s belongs to user id %d: start as that user or as root", cluster, owner.uid)
		}
		return self, nil
	}
	if exists && owner.uid != 0 {
		return owner, nil
	}
	for _, name := range []string{"postgres", "_postgres", "nobody"} {
		if found, err := user.Lookup(name); err == nil {
			return accountOf(found)
		}
	}
	return account{}, errors.New("postgres does not run as root, and there is neither a user \"postgres\" nor \"nobody\"")
}

func accountOf(found *user.User) (account, error) {
	uid, err := strconv.ParseUint(found.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("user id of %s: %w", found.Username, err)
	}
	gid, err := strconv.ParseUint(found.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("group id of %s: %w", found.Username, err)
	}
	return account{name: found.Username, uid: uint32(uid), gid: uint32(gid), dropped: true}, nil
}

func ownerOf(path string) (account, bool) {
	info, err := os.Stat(path)
	if err != nil {
		return account{}, false
	}
	stat := info.Sys().(*syscall.Stat_t)
	owner := account{name: strconv.Itoa(int(stat.Uid)), uid: stat.Uid, gid: stat.Gid, dropped: true}
	if known, err := user.LookupId(owner.name); err == nil {
		owner.name = known.Username
	}
	return owner, true
}

// blockedBy returns the first folder on the way to dir, itself included, that
// the account cannot enter, or "". It reads permission bits only: an access
// list that allows more is not seen, which costs no more than a fallback.
func (a account) blockedBy(dir string) string {
	if !a.dropped {
		return ""
	}
	if parent := filepath.Dir(dir); parent != dir {
		if blocked := a.blockedBy(parent); blocked != "" {
			return blocked
		}
	}
	info, err := os.Stat(dir)
	if err != nil || !a.maySearch(info) {
		return dir
	}
	return ""
}

func (a account) maySearch(info os.FileInfo) bool {
	stat := info.Sys().(*syscall.Stat_t)
	switch {
	case stat.Uid == a.uid:
		return info.Mode()&0o100 != 0
	case stat.Gid == a.gid:
		return info.Mode()&0o010 != 0
	default:
		return info.Mode()&0o001 != 0
	}
}

// give hands a file or folder to the account.
func (a account) give(path string) error {
	if !a.dropped {
		return nil
	}
	if err := os.Chown(path, int(a.uid), int(a.gid)); err != nil {
		return fmt.Errorf("give %s to user %s: %w", path, a.name, err)
	}
	return nil
}
