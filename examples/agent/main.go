// Command agent is a chat agent that captures leads with Leadrail, small enough to
// read in one go. It talks with two visitors: one who wants to buy, and a student
// without a budget.
//
// Start Leadrail, make the form, and run it:
//
//	FORM=$(curl -s http://127.0.0.1:8080/v1/forms -H "Authorization: Bearer $KEY" \
//	  -H 'Content-Type: application/json' -d @examples/agent/form.json | jq -r .id)
//	go run ./examples/agent -key $KEY -form $FORM
//
// The key needs the scopes submit and read. The visitors and the model are scripted
// (script.go), so that it runs anywhere and says the same each time. To talk with
// a real model, implement Model (model.go); nothing else changes.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("agent", flag.ContinueOnError)
	flags.SetOutput(stderr)
	url := flags.String("url", "http://127.0.0.1:8080", "where Leadrail listens")
	key := flags.String("key", os.Getenv("LEADRAIL_ADMIN_KEY"), "a key with the scopes submit and read")
	form := flags.String("form", "", "the id of the form")
	if flags.Parse(args) != nil {
		return 2
	}
	leadrail := &Leadrail{URL: *url, Key: *key}
	tool, err := leadrail.Tool(ctx, *form)
	if err != nil {
		fmt.Fprintln(stderr, "agent:", err)
		return 1
	}
	fmt.Fprintf(stdout, "The tool %s, and what the agent's prompt says about it:\n\n%s\n", tool.Definition.Name, indented(tool.Instructions))
	for _, visit := range visits() {
		agent := &Agent{Leadrail: leadrail, Tool: tool, Model: visit.model, Out: stdout}
		if err := agent.Talk(ctx, visit.title, visit.lines); err != nil {
			fmt.Fprintln(stderr, "agent:", err)
			return 1
		}
	}
	return 0
}
