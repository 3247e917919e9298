package main

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"time"

	"leadrail/internal/app"
)

// createKey makes a key. What it prints is the key alone, for scripts; what is
// worth keeping about it is in the list.
func createKey(flags *flag.FlagSet) func(ctx context.Context, e env) error {
	in := app.KeyInput{}
	flags.StringVar(&in.Name, "name", "", "Name of the key, for people.")
	flags.Func("scopes", "What the key may do, comma-separated: "+strings.Join(app.Scopes(), ", ")+".", list(&in.Scopes))
	flags.StringVar(&in.Kind, "kind", "secret", "secret, or publishable for a key that stands in a web page.")
	flags.Func("agents", "Ids of the agents that the key is bound to, comma-separated. Absent, it is for all.", list(&in.AgentIDs))
	flags.Func("origins", "Origins of the pages in which a publishable key stands, comma-separated, for example https://www.example.com.", list(&in.Origins))
	flags.Func("expires", "When the key ends, in RFC 3339, for example 2027-01-31T00:00:00Z. Absent, it does not.", func(text string) (err error) {
		at, err := time.Parse(time.RFC3339, text)
		in.ExpiresAt = &at
		return err
	})
	return func(ctx context.Context, e env) error {
		id, secret, err := app.CreateKey(ctx, e.config, in)
		if secret == "" {
			return err
		}
		e.log.InfoContext(ctx, "key created", "id", id)
		fmt.Fprintln(e.out, secret)
		return err
	}
}

// list reads a flag of several values.
func list(values *[]string) func(text string) error {
	return func(text string) error {
		for value := range strings.SplitSeq(text, ",") {
			*values = append(*values, strings.TrimSpace(value))
		}
		return nil
	}
}

func listKeys(ctx context.Context, e env) error { return app.ListKeys(ctx, e.config, e.out) }

func revokeKey(flags *flag.FlagSet) func(ctx context.Context, e env) error {
	id := flags.String("id", "", "The id of the key, key_….")
	return func(ctx context.Context, e env) error { return app.RevokeKey(ctx, e.config, *id) }
}
