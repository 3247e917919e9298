package localpg

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// oldestMajor is the oldest PostgreSQL the product is tested with.
const oldestMajor = 14

// programs is a folder with postgres and initdb of one version.
type programs struct {
	dir          string
	major, minor int
}

func (p programs) String() string {
	return fmt.Sprintf("%d.%d in %s", p.major, p.minor, p.dir)
}

// find returns the programs to use: the first fitting ones of Dirs, else
// fetched ones. A cluster only opens with the major version that made it, so
// a major other than 0 is the only one that fits.
func (b Binaries) find(ctx context.Context, major int, user account) (programs, error) {
	var misfits []string
	for _, dir := range b.Dirs {
		found, err := inspect(ctx, dir)
		if err != nil {
			continue // nothing there, or not something that runs here
		}
		if found.fits(major) && user.blockedBy(found.dir) == "" {
			return found, nil
		}
		misfits = append(misfits, found.String())
	}
	dir, err := b.fetch(ctx, major)
	if err != nil {
		return programs{}, &BinariesError{Major: major, Found: misfits, Fetch: err}
	}
	return inspect(ctx, dir)
}

func (p programs) fits(major int) bool {
	if major != 0 {
		return p.major == major
	}
	return p.major >= oldestMajor
}

// inspect asks the postgres in dir for its version.
func inspect(ctx context.Context, dir string) (programs, error) {
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return programs{}, fmt.Errorf("look for postgres: %w", err)
	}
	output, err := exec.CommandContext(ctx, filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return programs{}, fmt.Errorf("ask %s for its version: %w", dir, err)
	}
	major, minor, err := parseVersion(string(output))
	if err != nil {
		return programs{}, err
	}
	return programs{dir: dir, major: major, minor: minor}, nil
}

// parseVersion reads "postgres (PostgreSQL) 15.14 (Debian 15.14-0+deb12u1)"
// and "postgres (PostgreSQL) 18beta1", whose minor version counts as 0.
func parseVersion(text string) (major, minor int, err error) {
	_, version, ok := strings.Cut(text, "(PostgreSQL) ")
	if !ok {
		return 0, 0, fmt.Errorf("unknown version text %q", text)
	}
	if n, _ := fmt.Sscanf(version, "%d.%d", &major, &minor); n == 0 {
		return 0, 0, fmt.Errorf("unknown version text %q", text)
	}
	return major, minor, nil
}

// usualDirs are the folders on PATH in their order, then those where packages
// put PostgreSQL, newest first.
func usualDirs() []string {
	packaged := globAll(
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/Applications/Postgres.app/Contents/Versions/*/bin",
		"/usr/local/pgsql/bin",
	)
	slices.SortStableFunc(packaged, func(a, b string) int {
		return cmp.Compare(versionInPath(b), versionInPath(a))
	})
	return append(filepath.SplitList(os.Getenv("PATH")), packaged...)
}

func globAll(patterns ...string) []string {
	var all []string
	for _, pattern := range patterns {
		matches, _ := filepath.Glob(pattern) // the patterns are well-formed
		all = append(all, matches...)
	}
	return all
}

// versionInPath is the number in the name of the folder around bin, as in
// postgresql@17/bin; 0 when there is none, as in Postgres.app's "latest".
func versionInPath(dir string) float64 {
	name := filepath.Base(filepath.Dir(dir))
	number := strings.TrimLeft(name, "abcdefghijklmnopqrstuvwxyz@-")
	version, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return 0
	}
	return version
}
