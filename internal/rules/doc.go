// Package rules answers the questions a lead is asked: does a condition hold,
// what is its score, which team gets it, whose turn is it, which fields of its
// form are shown. All of it is pure: the answer follows from the arguments,
// and the time is one of them.
//
// # Conditions
//
// A condition is data ([models.Condition]). [Check] judges it when it is
// written, [Holds] answers it when a lead comes. Check is strict, so that Holds
// may be lenient: Holds never fails, and whatever Check would refuse as
// malformed (two forms at once, an operand of the wrong shape, a bad pattern)
// simply does not hold. What makes the same lead give the same answer
// everywhere:
//
//   - A field has no value when it is absent, null, "", an empty list or an
//     empty object. White space and 0 and false are values.
//   - A field without a value, or with one of the wrong type, fails every
//     comparison. Two operators say the opposite of another, and hold then: ne
//     is exactly "not eq" and notIn is exactly "not in".
//   - eq, ne, in, notIn: texts are equal character by character, case counts.
//     Numbers are equal as numbers (5, 5.0 and 5e0). A text never equals a
//     number.
//   - in and notIn take a list. A field that holds a list itself is "in" when
//     at least one of its elements is, and "notIn" when none is.
//   - gt, gte, lt, lte: numbers as numbers; texts only when both are ISO 8601
//     dates or times (2026-11-22, 2026-11-22T09:30, with seconds, with a zone).
//     A date is its midnight and a time without a zone is in UTC.
//   - contains: in a text, a part of it, upper and lower case alike; in a list,
//     one of its elements, as eq compares.
//   - exists: true, or no operand, asks for a value; false for its absence.
//   - matches: an RE2 pattern somewhere in a text of at most [MaxMatchText]
//     bytes; case counts unless the pattern starts with (?i).
//   - all and any of nothing are refused by Check, and do not hold.
//
// Numbers are those of JavaScript and of most JSON decoders, float64: beyond
// 2^53 whole numbers that are neighbours may be equal, what is too small counts
// as 0, and what is too large is no number. Identifiers are better texts.
//
// The names score, tier and qualified always mean the outcome of the scoring
// rules, also where a form has a field of that name.
package rules
