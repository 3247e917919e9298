// Package nettest lets a test run in a network namespace whose only interface is
// loopback and in which every address is this machine's: what a broken guard
// would send is counted by that kernel, and none of it can leave. For tests only,
// on Linux.
package nettest
