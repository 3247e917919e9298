package localpg

import (
	"context"

	"leadrail/internal/child"
)

// Run keeps a server running until ctx ends and stops it then; see child.Keep.
// It calls ready once the server answers and again each time it was started
// anew, always on the same port.
func Run(ctx context.Context, opts Options, ready func(*Server)) error {
	opts, err := opts.withDefaults()
	if err != nil {
		return err
	}
	start := func(ctx context.Context) (*Server, error) {
		server, err := Start(ctx, opts)
		if err == nil {
			opts.Port = server.Port() // others will have connected to it
		}
		return server, err
	}
	return child.Keep(ctx, opts.Log, start, ready)
}
