// Package mail writes and sends the mails about leads: one when a lead has
// come in, one when a lead failed, and one when deliveries that gave up wait for
// somebody.
//
// Two halves that do not know each other:
//
//   - Lead, Alert and Undelivered are what such a mail tells. Render turns them into
//     Content: a subject, an HTML part and a text part. Every value may come
//     from a stranger, so it is escaped, kept on lines of its own, and linked
//     only where the link is ours and http(s).
//   - Sender sends a Message once. SendGrid does so over its Web API and judges
//     the answer; Outbox stores the mail instead, for machines without a
//     provider.
//
// What belongs here: recipients, subjects and bodies, and the one provider.
// What does not: who is to be told and how often, schedules, attempt records,
// and the store behind the outbox. The package imports models only; no type of
// the provider's library leaves it.
//
// No address, name or subject ever stands in a verdict, in a custom argument
// or in a log line: those are kept for long, and by others.
package mail
