// Package activities holds the side effects of the workflows: one file per
// effect, each a method of a struct that carries its dependencies.
//
// Every activity is idempotent: Temporal runs it at least once. Inputs and
// results are recorded in workflow history, so they hold ids, verdicts and
// names, never what a visitor typed. An activity's error means that Leadrail's
// own infrastructure is in trouble and is retried for ever; what an endpoint
// answers is a result, a models.Verdict.
package activities
