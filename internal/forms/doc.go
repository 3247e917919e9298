// Package forms is everything about a form itself: what a definition may say,
// what data it accepts, and the use cases that create, change and read forms.
//
// Definitions are checked when they are saved, so that a stored one can be
// relied on: the error of a bad definition reaches its author, never a
// visitor.
package forms
