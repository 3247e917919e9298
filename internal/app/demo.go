package app

import (
	"context"
	"io"
	"time"

	"leadrail/internal/config"
	"leadrail/internal/demo"
)

// demoPace is the time between two leads of the demo.
const demoPace = 500 * time.Millisecond

// Demo sends sample leads to the "leadrail up" of the same configuration until
// ctx ends, and writes what becomes of them to out.
func Demo(ctx context.Context, c config.Config, out io.Writer) error {
	c, err := withStoredKeys(c)
	if err != nil {
		return err
	}
	return demo.Run(ctx, demo.Options{
		URL: "http://" + loopbackOf(c.Listen), AdminKey: c.AdminKey.Reveal(), Every: demoPace, Out: out,
	})
}
