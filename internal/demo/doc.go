// Package demo holds what a newcomer needs to watch leads travel: a sample form
// and a receiver for its webhook, both part of "leadrail up", and [Run], which
// sends sample leads to it from outside, over HTTP. Nothing of it runs against
// a database and a Temporal that somebody set up.
package demo
