// Command leadrail is the whole product in one binary; see leadrail help.
package main

import (
	"context"
	"os"
	"runtime"
	"runtime/debug"
)

// The leads that meet a garbage collection feel it, so there are few: these trade
// memory for processor time.
const (
	// gcPercent is as GOGC, and counts unless that is set.
	gcPercent = 400
	// headroomSize counts as memory that lives, where in truth a dozen MiB do. No
	// page of it is touched, so none is taken from the machine; a larger gcPercent
	// would take several times what a large burst needs.
	headroomSize = 32 << 20
)

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	headroom := make([]byte, headroomSize)
	code := run(context.Background(), os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	runtime.KeepAlive(headroom)
	os.Exit(code)
}
