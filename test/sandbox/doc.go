// Package sandbox is a fake of the five providers on loopback, for the tests of
// applications that use the facade, and for those that do not.
//
//	func TestBanned(t *testing.T) {
//		s := sandbox.New(t)
//		s.Use(facade.Forte, "forte/200_banned")
//		client, err := facade.New(s.Config(facade.Forte))
//		...
//	}
//
// Every request is judged by the provider's document, as package contract does
// it. Its credential must be there in the right form, and any will do. A good
// request is answered with a scenario. A wrong one is answered with a 4xx in the
// provider's own form, with the reason in it, and fails the test with the same
// reason.
//
// # Scenarios
//
// A scenario is the name of a fixture, such as "forte/200_banned" or
// "vault/rejected/502_html", or one of the faults, such as [FaultLostReply].
// [Scenarios] lists them. What answers a request is chosen by the first of these
// that applies:
//
//   - the customer of the request, if it is one that [Sandbox.Customer] named;
//   - the scenarios given to [Sandbox.Use], one a request, the last one again
//     and again, or those chosen over HTTP;
//   - the success that [Default] names.
//
// The scenario of a look-up, such as "rebilly/find/200_older", answers look-ups of
// that kind alone, and the others answer starts alone; the faults answer both.
//
// The fixtures tell of one customer. Where an answer repeats that customer's
// id, the sandbox writes the id of the request instead; an answer about somebody
// else stays as it is. Times stand as they are written in the fixture; those of the
// default answers lie ahead.
//
// # Failures
//
// A wrong request ([RequestError]), a scenario or provider that does not exist, a
// scenario that no request asked for, and one whose turn it was when a request
// came that it cannot answer, each fail the test.
//
// # Other languages
//
// make sandbox serves the same for applications in any language. They choose
// scenarios by customer, or by the calls of [Sandbox.Handler], which also tell
// what arrived.
//
// # Concurrency
//
// A Sandbox is safe for concurrent use. Tests that run in parallel take one
// each, or share one and tell their requests apart by customer.
package sandbox
