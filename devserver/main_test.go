package main

import (
	"fmt"
	"os"
	"runtime"
	"testing"
)

// childEnv makes the test binary behave as leadrail-temporal itself, so that
// tests run the real command, signals included, without building it.
const childEnv = "LEADRAIL_TEMPORAL_TEST_CHILD"

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		main()
	}
	runtime.LockOSThread() // children die with the thread that started them
	pg, err := newPGServer()
	if err != nil {
		fmt.Fprintln(os.Stderr, "the tests need PostgreSQL:", err)
		os.Exit(1)
	}
	shared = pg
	code := m.Run()
	shared.remove()
	os.Exit(code)
}
