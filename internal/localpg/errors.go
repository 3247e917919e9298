package localpg

import (
	"fmt"
	"strings"
)

// LockedError says that another server owns the data folder.
type LockedError struct {
	Dir string
	// PID is the process that holds the folder, 0 when unknown.
	PID int
}

func (e *LockedError) Error() string {
	if e.PID == 0 {
		return fmt.Sprintf("postgres data folder %s is in use by another process", e.Dir)
	}
	return fmt.Sprintf("postgres data folder %s is in use by process %d", e.Dir, e.PID)
}

// PortError says that another program listens on the port asked for.
type PortError struct{ Port int }

func (e *PortError) Error() string {
	return fmt.Sprintf("port 127.0.0.1:%d is taken by another program: stop it or choose another port for postgres", e.Port)
}

// AccessError says that the user the server runs as cannot enter a folder on
// the way to its data.
type AccessError struct {
	// Dir is the folder that bars the way.
	Dir string
	// User is who cannot enter it.
	User string
}

func (e *AccessError) Error() string {
	return fmt.Sprintf("postgres does not run as root, and user %q cannot enter %s: run `chmod o+x %s` or choose another data folder",
		e.User, e.Dir, e.Dir)
}

// BinariesError says that no usable PostgreSQL was found or fetched.
type BinariesError struct {
	// Major is the version the existing data needs, 0 when any would do.
	Major int
	// Found lists what was found but does not fit.
	Found []string
	// Fetch is why fetching did not work.
	Fetch error
}

func (e *BinariesError) Error() string {
	var text strings.Builder
	if e.Major == 0 {
		fmt.Fprintf(&text, "no PostgreSQL %d or newer on this machine", oldestMajor)
	} else {
		fmt.Fprintf(&text, "the data folder needs PostgreSQL %d, which is not on this machine", e.Major)
	}
	if len(e.Found) > 0 {
		fmt.Fprintf(&text, " (found %s)", strings.Join(e.Found, ", "))
	}
	fmt.Fprintf(&text, " and it could not be fetched (%v): install a package, for example `apt-get install %s`,"+
		" or set DATABASE_URL to a running server, or allow the network", e.Fetch, e.debianPackage())
	return text.String()
}

func (e *BinariesError) debianPackage() string {
	if e.Major == 0 {
		return "postgresql"
	}
	return fmt.Sprintf("postgresql-%d", e.Major)
}

// Unwrap returns why fetching did not work.
func (e *BinariesError) Unwrap() error { return e.Fetch }
