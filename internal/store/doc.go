// Package store holds all SQL of Leadrail: the gorm queries, one file per
// noun, and the numbered migrations beneath them.
//
// Methods take a context first, return a coded *models.Error for what the
// caller can act on (not found, conflict) and a wrapped driver error for
// everything else. Transactions are visible where they are opened; no method
// runs a query in a loop.
//
// What writes several rows of a lead locks them in the order lead, attempts,
// deliveries, so that no two writers wait for each other.
package store
