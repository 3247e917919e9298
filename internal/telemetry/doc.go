// Package telemetry shows what a process does to those who watch it: metrics for
// Prometheus and profiles of the Go runtime, on a port of their own.
package telemetry
