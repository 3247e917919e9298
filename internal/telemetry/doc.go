// Package telemetry shows what a process does to those who watch it: metrics for
// Prometheus and profiles of the Go runtime, on a port of their own, and traces,
// which go to an OpenTelemetry collector where the environment names one.
//
// The parts that are watched ask for a Watch through small interfaces of their
// own, and work without. No label, attribute or name has personal data in it, and
// no label an id.
package telemetry
