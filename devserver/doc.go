// Command leadrail-temporal is the Temporal server and the Temporal UI in one
// process, storing everything on an existing Postgres server. Leadrail starts
// it as a child when no other Temporal address is configured.
//
// It creates its two databases, installs and upgrades their schemas, makes sure
// that one namespace exists, and then prints a single line on standard output:
//
//	ready temporal=127.0.0.1:7233 ui=http://127.0.0.1:8233
//
// The ui field is absent when the UI is switched off. Standard output carries
// nothing else; the log goes to standard error, one JSON object a line.
//
// Exit codes: 0 after SIGTERM or SIGINT, 1 when starting or running failed, 2
// for a command line that cannot be used.
//
// There is no authentication and no TLS: whoever reaches the port owns the
// workflows. Everything therefore binds loopback unless told otherwise.
//
// The package is a module of its own, so that the several hundred modules the
// Temporal server depends on stay out of the product's go.mod. It may import
// the Temporal server, its UI and a Postgres driver, and nothing of Leadrail.
package main
