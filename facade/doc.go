// Package facade starts KYC (Know Your Customer) at five providers, Vault, X
// Gateway, Forte, Qolo and Rebilly, with one call and one shape of answer.
//
// [New] takes a [Config] with the providers in use; [Client.Start] takes one of
// the five requests, sends one POST that is built by the code generated from the
// provider's OpenAPI document (its request builders, models and limits; not its
// client, which reads without a bound and knows declared answers only), and returns a [Result] or an [Error]. The error
// is nil if and only if the provider confirmed, in a documented way, that a KYC
// process exists for the customer.
//
// What the library knows of the providers comes from their public documents. It
// was never confirmed against a live provider.
//
// # Errors
//
// Every error of [Client.Start] is an *Error. Programs act on three things:
//
//   - [Error.Kind], what went wrong. errors.Is(err, [KindRateLimited]) asks for
//     one kind, [KindOf] returns it.
//   - [Error.Started], whether this call started a process: no, yes, or unknown,
//     which is the zero value. See below for what it takes to say no.
//   - [Error.SafeToRetry], which puts the two together.
//
// Beside them stand the provider's own code and words, the fields at fault, and
// whether the answer was one that the provider documents. A status that arrived
// is never lost: an answer that is cut, too large or not JSON still has its
// status, header and what came of its body.
//
// # Started: no
//
// No is said for two reasons, and no third. Nothing was sent: the call was refused
// here, or it never had a connection; one that comes later is closed. Or the
// provider refused in its own documented words: its error object arrived whole, as
// JSON, on the only connection that the call had, under a 4xx status; all its codes
// say so, nothing in it says the contrary, and the status or the code is documented.
// A status alone proves nothing: proxies turn a server's fault into any 4xx.
//
// It is the provider's word, not a proof. A proxy of the provider's own that sends
// the request twice and passes on the second answer cannot be seen from here.
//
// # Retries
//
// The library never retries, and none of the providers documents an idempotency
// key: a start sent twice is two starts. Repeat a call only if
// [Error.SafeToRetry] says so, after [Error.RetryAfter]. If Started is yes or
// unknown, find out first; [Provider.Reconcile] says how.
//
// Where an answer may yet come, time matters: a context without a deadline gets
// 30 seconds, and five minutes at X Gateway.
//
// # Privacy
//
// A request is full of personal data, and answers carry tokens. Configurations,
// requests, results and errors print and log without any of it, at every verb
// of fmt and as the value of a slog attribute. There are two exceptions, where
// fmt asks no type: %p, and a %w where it is a mistake, as in log.Printf, which
// go vet reports. Inside a struct of your own, fmt asks them only in an exported
// field, and slog's JSON handler, which leaves structs to encoding/json, not at
// all.
//
// What must be handed on, such as the link to send the customer to, is a
// [Secret], with Reveal. [encoding/json.Marshal] of a Result or an Error is a
// payload for your own services: it holds the next step's values, and what the
// provider says to the merchant. Show a customer the status, the next step and
// [Error.DisplayMessage] at most: to tell them why they are blocked may be
// forbidden. Raw bodies and headers leave through RawBody, RawHeader and
// [Result.As] alone.
//
// Credentials go to the configured server only: redirects are not followed.
package facade
