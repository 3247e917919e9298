// Package loadtest puts leads into a running Leadrail and keeps a ledger of what
// became of each: accepted, delivered, lost, delivered twice. Generator and sink
// live in one process and so share one clock.
//
// It is for benchmarks and end-to-end tests; nothing that ships imports it.
package loadtest
