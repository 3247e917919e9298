// Package intake is where accepted leads wait in Postgres while Temporal is away
// or busy. A Queue takes them in and, as a relay, has their workflows started in
// the order of acceptance, by as many processes as there are.
//
// It knows nothing of workflows: a Starter, given to it, starts them. The same
// lead may be started more than once, after a crash; its id keeps it one.
package intake
