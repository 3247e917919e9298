// Package child runs programs that belong to this one: they die with it, also
// when it is killed, and a service made of them is kept running while it
// lives.
package child
