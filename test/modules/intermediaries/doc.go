// Package intermediaries holds no code but a test: it puts the real nginx and
// HAProxy in front of an origin that reads the whole POST and then fails, and
// holds the library to what it says of the answer that they make of it.
//
// Started is never no when the origin has read a whole request, with one
// exception that no client can see: an intermediary that repeats the request,
// or answers in its own name, in the very words that the provider documents for
// a refusal.
//
// With -record, it writes the answers to test/behaviour/faults, where they are
// held against the library on every machine.
package intermediaries
