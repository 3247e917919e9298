// Package web holds the pages that people look at: html/template, plain links,
// no script. A page asks the same use cases as the API and decides nothing.
//
// What strangers wrote is shown in one of two ways: as text that the template
// escapes, or as a document of its own in a frame without rights.
package web
