// Package analytics answers how forms do: how many visitors saw one, began it and
// sent it, and what became of their leads. It reads; what visitors do is written
// elsewhere.
package analytics
