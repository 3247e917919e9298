// Package demo holds what a newcomer needs to watch a first lead travel: a
// sample form and a receiver for its webhook. Nothing of it runs against a
// database and a Temporal that somebody set up.
package demo
