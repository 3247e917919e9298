// Package id makes the ids of Leadrail's own things: a prefix that tells the
// kind, and a UUIDv7 in Crockford's base 32, as in the TypeID specification
// (https://github.com/jetify-com/typeid/tree/main/spec). Ids of one kind sort
// by the time they were made.
package id
