// Package facade starts KYC (Know Your Customer) at five providers, Vault, X
// Gateway, Forte, Qolo and Rebilly, with one call and one shape of answer.
//
// [New] takes a [Config] with the providers in use. [Client.Start] takes one of the
// five requests, sends one POST, and returns a [Result] or an [Error]. The error is nil
// if and only if the provider confirmed, in a documented way, that a KYC process exists
// for the customer. [Result.Next] tells what to do next, such as where to send the
// customer.
//
// In an HTTP handler, start with a context that outlives the browser's request, such as
// that of [context.WithoutCancel] with a timeout: a start that is cancelled on its way
// is unknown, and every closed tab would leave one.
//
// What the library knows of the providers comes from their public documents. It was
// never confirmed against a live provider. The request is built by the code generated
// from the provider's OpenAPI document: its request builders, models and limits, not
// its client, which reads without a bound and knows declared answers only.
//
// # Errors
//
// Every error of [Client.Start] is an *Error. Programs act on three things:
//
//   - [Error.Kind], what went wrong. errors.Is(err, [KindRateLimited]) asks for
//     one kind, [KindOf] returns it, and [Kind.HTTPStatus] is what a service of your
//     own would answer.
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
// here, or no connection was made; a late one is closed unused. Or the
// provider refused in its own documented words: its error object arrived whole, as
// JSON, on the only connection that the call had, under a 4xx status; all its codes
// say so, nothing in it says the contrary, and the status or the code is documented.
// A status alone proves nothing: proxies turn a server's fault into any 4xx.
//
// Two providers refuse in another form, which counts as well. Forte documents a 200 for
// a banned customer, with its code. Qolo documents 400, 401 and 404 without a body: there
// any JSON will do, or a body that is declared empty. So a 404 of a proxy's own without a
// body reads as Qolo's no.
//
// It is the provider's word, not a proof. A proxy of the provider's own that sends
// the request twice and passes on the second answer cannot be seen from here.
//
// # Retries
//
// The library never retries, and none of the providers documents an idempotency key
// for this call (what Qolo says of one in general is at [QoloRequest]): a start sent
// twice is two starts. Repeat a call only if [Error.SafeToRetry] says so, after
// [Error.RetryAfter]. If Started is yes or unknown, find out first.
//
// # Unknown starts
//
// [Client.Find] asks four of the providers, by a call that only reads, and answers two
// questions apart: whether the customer has a process, and whether this attempt created
// it. Keep an [Attempt] of each start: when it began, at Rebilly a mark of its own in the
// RedirectURL, at X Gateway and Vault a [Finding] from just before. A no may be acted
// upon only after a period of grace and a second one; the example of Find does that. At
// Forte, and where Find leaves it open, [Provider.Reconcile] says what is left.
//
// Where an answer may yet come, time matters: a context without a deadline gets
// 30 seconds, and five minutes at X Gateway. Each provider's configuration has a
// Timeout of its own.
//
// # JSON
//
// A *Result and an *Error marshal in full, by the schemas of specs/normalized.yaml, and
// are read back: payloads for your own services. [Result.Redacted] and [Error.Redacted]
// are what to store, and what to log where logs are JSON. [Result.CustomerView] and
// [Error.CustomerView] are what a customer may be shown, and nothing else: to tell them
// why they are blocked may be forbidden. A request goes into a queue by [MarshalRequest]
// and comes out by [UnmarshalRequest].
//
// # Privacy
//
// A request is full of personal data, and answers carry tokens. Configurations,
// requests, results and errors print and log without any of it, at every verb of fmt and
// as the value of a slog attribute. As JSON, configurations and requests are
// "[redacted]". A pointer to a Result or an Error marshals in full; by value they marshal
// as the text that they print. A secret that must be handed on, such as the link to send
// the customer to, is a [Secret], with Reveal. Raw bodies and headers leave through
// RawBody, RawHeader and [Result.As] alone. Credentials go to the configured server only:
// redirects are not followed.
//
// Some loggers marshal whatever they are handed: Interface of zerolog, the JSON
// formatter of logrus, zap.Reflect, and slog's JSON handler inside of a struct or a
// list. They show what marshals in full: a *Result, an *Error, a [NextStep] and a
// [CustomerView]. Hand them a Redacted copy, or the text of String or Error. zap.Any,
// zap.Error, zerolog's Err and logrus's WithError use that text already.
//
// Do not print a struct that has a configuration, a request, a result or an error in an
// unexported field: fmt shows all of it there, and no type can prevent that. The same
// holds for %p, and for a %w where it is a mistake (as in log.Printf, which go vet
// reports).
package facade
