// Package intake is where accepted leads wait in Postgres while Temporal is away
// or busy. A Queue takes them in and, as a relay, has their workflows started in
// the order of acceptance. Every process has one; one at a time is at work.
//
// It knows nothing of workflows: a Starter, given to it, starts them. The same
// lead may be started more than once, after a crash; its id keeps it one.
package intake
