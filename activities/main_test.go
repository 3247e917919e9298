package activities_test

import (
	"testing"
	"time"

	"leadrail/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// start is when everything here begins.
var start = time.Date(2026, 11, 22, 9, 30, 0, 0, time.UTC)
