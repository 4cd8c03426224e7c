// Package transports only holds tests. They use transports that people wrap around a client. The
// transports are between the library and an origin, which counts the requests that it has read
// completely.
//
// Some of them repeat a request, and some return before their attempt has ended. Whatever they do,
// Started is never no after a second delivery, and nothing is delivered after a no. In ordinary
// cases a start stays a start, and a refusal stays a refusal.
//
// They are in a module of their own, so that nobody else gets their dependencies.
package transports
