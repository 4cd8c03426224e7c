// Package contract judges exchanges with the providers by the documents in
// specs, as strictly as the documents allow. It is meant for tests: the module's
// own, a sandbox that refuses what a provider would refuse, and a user's staging
// or CI, where Transport goes around the transport in use and tells when a
// provider no longer keeps to its document.
//
// Strictly means: a status, a content type, a property or a query parameter that
// is not documented is a violation; so is a value outside a documented list, a
// text that does not have its format, and anything beside one JSON value in
// UTF-8. A client must be more lenient than that, and facade is.
//
// What a document leaves open stays open: any body may come with a status whose
// content is not described, other than 204, which has none; an object without
// listed properties, or marked x-additional-properties: open, may hold any.
//
// # What is not judged
//
// Host and scheme, and the part of the path before the endpoint's own, so that a
// sandbox or a proxy may stand in for a provider. Whether a credential is
// accepted: only its presence and its form. Headers that no document names.
//
// # Privacy
//
// A Violation holds no value of the exchange and may be logged.
package contract
