// Package api is the HTTP edge: it decodes requests, asks a use case, and
// writes the answer or a problem. There is one route table, one adapter
// between HTTP and use cases, one shape of errors, and openapi.yaml, the
// contract that all of it is tested against.
//
// No decision about leads or forms is made here.
package api
