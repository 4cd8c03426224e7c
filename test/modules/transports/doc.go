// Package transports holds no code but tests: it puts transports that people
// wrap around a client between the library and an origin, which counts the
// requests that it has read whole.
//
// Some send a request again, and some return before their attempt has ended.
// Whatever they do, Started is never no after a second delivery, and after a no
// nothing is delivered any more. In ordinary cases a start stays a start, and a
// refusal a refusal.
//
// They are in a module of their own, so that nobody else gets their
// dependencies.
package transports
