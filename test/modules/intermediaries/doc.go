// Package intermediaries only holds a test. It puts the real nginx and HAProxy in front of an
// origin that reads the whole POST and then fails, and checks what the library says of their
// answer.
//
// If the origin has read a whole request, Started is never no, with one exception that no client
// can see: an answer that may as well be the provider's own. It has the words that the provider
// documents for a refusal, or, at Qolo, which documents no words, any whole JSON or an empty body.
//
// With -record, it writes the answers to test/behaviour/faults. The tests there check the library
// against them on every machine.
package intermediaries
