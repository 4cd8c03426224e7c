// Package sandbox is a fake of the five providers on loopback. It is for the tests of applications,
// whether or not they use the facade.
//
//	func TestBanned(t *testing.T) {
//		s := sandbox.New(t)
//		s.Use(facade.Forte, "forte/200_banned")
//		client, err := facade.New(s.Config(facade.Forte))
//		...
//	}
//
// Every request is judged by the provider's document, with package contract. The credential must be
// there and have the right form, but any value will do. A good request is answered with a scenario.
// A wrong one is answered with a 4xx in the provider's own form, which holds the reason, and fails
// the test with the same reason.
//
// # Scenarios
//
// A scenario is the name of a fixture, such as "forte/200_banned" or "vault/rejected/502_html", or
// one of the faults, such as [FaultLostReply]. [Scenarios] lists them. The first of these that
// applies decides how a request is answered:
//
//   - the customer of the request, if it is one that [Sandbox.Customer] named;
//   - the scenarios given to [Sandbox.Use], one a request, the last one again
//     and again, or those chosen over HTTP;
//   - the success that [Default] names.
//
// The scenario of a look-up, such as "rebilly/find/200_older", answers only look-ups of that kind.
// Other fixtures answer only starts. The faults answer both.
//
// The fixtures are about one customer. Where an answer repeats that customer's id, the sandbox
// writes the id of the request instead. An answer about another customer stays as it is. Times stay
// as the fixture has them; the times in the default answers lie in the future.
//
// # Failures
//
// Each of these fails the test: a wrong request; a scenario or provider that does not exist; a
// scenario that no request asked for; and a scenario whose turn it was when a request came that it
// cannot answer (a look-up instead of a start, or the reverse).
//
// # Other languages
//
// make sandbox serves the same for applications in any language. They choose scenarios by customer,
// or by the calls of [Sandbox.Handler], which also show what arrived.
//
// # Concurrency
//
// A Sandbox is safe for concurrent use. Tests that run in parallel use one each, or share one and
// tell their requests apart by customer.
package sandbox
