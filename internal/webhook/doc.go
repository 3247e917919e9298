// Package webhook is the one way out of Leadrail over HTTP: a guarded client
// that posts a body once, and the verdict on what came back.
//
// Three parts, each usable alone:
//
//   - Guard decides which addresses may be dialled. It is asked when an action
//     is saved (CheckURL), when a host has been resolved, and once more by the
//     socket about to connect.
//   - Client makes one attempt: one connection, one request, no redirect, no
//     re-send, everything bounded in time and size.
//   - Judge turns the answer, or the error that came instead, into a
//     models.Verdict. It is a pure function.
//
// What belongs here: whatever touches a request to a host chosen by a user,
// and its answer. What does not: schedules, attempt records, the body's
// content, and any client for a host chosen by us. The package imports the
// standard library and models only, and keeps no state between attempts.
package webhook
