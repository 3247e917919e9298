// Package auth answers who calls: it knows the keys, makes and revokes them, and
// keeps the audit of what was changed with them. What a caller may do is said by
// models.Principal, which travels in the context to the use cases.
//
// Nothing here knows of HTTP beyond the text of an Authorization header.
package auth
