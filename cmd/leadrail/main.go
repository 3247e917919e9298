// Command leadrail is the whole product in one binary; see leadrail help.
package main

import (
	"context"
	"os"
	"runtime/debug"
)

// gcPercent trades memory for processor time: what lives is a few MiB, and a
// collection each second would be felt by the leads that meet it.
const gcPercent = 400

func main() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	os.Exit(run(context.Background(), os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}
