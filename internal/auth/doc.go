// Package auth answers who calls and what the caller may do.
package auth
