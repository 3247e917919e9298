// Package workflows holds the deterministic orchestration of Leadrail: what
// happens to a lead, in which order, and when again. Read Capture first.
//
// Workflow code decides and waits; everything that touches the world is an
// activity. It must replay: no clock but workflow.Now, no goroutine but
// workflow.Go, no map iteration that issues commands, no personal data in
// inputs, results, summaries or errors. A change of the commands of a workflow
// goes behind workflow.GetVersion and is proven by the replay test over
// testdata/histories.
//
// Client is the typed way in for everybody else.
package workflows
