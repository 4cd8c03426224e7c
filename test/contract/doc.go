// Package contract judges exchanges with the providers by the documents in specs, as strictly as
// the documents allow. It is meant for tests: the module's own; a sandbox that refuses what a
// provider would refuse; and a user's staging or CI, where Transport wraps the transport in use and
// reports when a provider no longer keeps to its document.
//
// Strict means that each of these is a violation: a status, a content type, a property or a query
// parameter that is not documented; a value outside a documented list; a text that does not have
// its format; and a body that is more or less than one JSON value in UTF-8. A client must be more
// lenient, and facade is.
//
// What a document leaves open stays open. Any body may come with a status whose content is not
// described, other than 204, which has no body. An object without listed properties, or marked
// x-additional-properties: open, may hold any property.
//
// # What is not judged
//
// Four things are not judged: the host and the scheme; the part of the path before the endpoint's
// own, so that a sandbox or a proxy may replace a provider; whether a credential is valid (only its
// presence and form are judged); and headers that no document names.
//
// # Privacy
//
// A Violation holds no value of the exchange and may be logged.
package contract
