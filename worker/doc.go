// Package worker runs the workflows and activities: the options of the
// Temporal client and worker, the registration of everything under explicit
// names, and the search attributes that must exist before the first run.
package worker
