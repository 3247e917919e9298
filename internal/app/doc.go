// Package app is the composition root: it turns a configuration into running
// parts, in order, and stops them in the reverse order. It is the only place
// where parts are put together; nothing is decided here that a part could
// decide for itself.
package app
