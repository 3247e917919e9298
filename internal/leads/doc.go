// Package leads holds the use cases around a lead: taking a submission in,
// and answering where it is. It knows nothing of HTTP; the API, the command
// line and every other way in call the same functions.
package leads
