package facade

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kycstart/kycstart/gen/rebilly"
)

// The servers of Rebilly, for [RebillyConfig], from the provider's other public
// documentation.
const (
	RebillySandbox    = "https://api-sandbox.rebilly.com"
	RebillyProduction = "https://api.rebilly.com"
)

// RebillyConfig configures Rebilly, with an API key or a token.
type RebillyConfig struct {
	// BaseURL is the server, such as [RebillySandbox]. There is no default.
	BaseURL string
	// OrganizationID is the merchant's organization, a part of every path.
	OrganizationID string
	// APIKey is a secret key, sent as REB-APIKEY.
	APIKey string
	// Token gives a session token, in place of the key.
	Token TokenSource
	// Timeout is how long a call may take at most, whatever the deadline of its context;
	// 0 is for that of [Config.HTTPClient]. If that is 0 too, a context without a
	// deadline gets 30 seconds.
	Timeout time.Duration

	Private
}

func (c *RebillyConfig) endpoint(e endpoint, in *input) *endpoint {
	in.segment("Rebilly.OrganizationID", c.OrganizationID)
	switch {
	case c.Token != nil:
		in.must(c.APIKey == "", "Rebilly.APIKey", "must be empty if Token is set")
	case c.APIKey == "":
		in.must(false, "Rebilly.APIKey", "must be set; or Token "+sourceWanted)
	default:
		in.credential("Rebilly.APIKey", c.APIKey)
	}
	e.provider = Rebilly
	e.limit(in, "Rebilly.Timeout", c.Timeout)
	e.server = in.baseURL("Rebilly.BaseURL", c.BaseURL) + "organizations/" + url.PathEscape(c.OrganizationID) + "/"
	e.always("Accept", mediaJSON+", "+mediaProblem)
	if c.Token == nil {
		e.always("Reb-Apikey", c.APIKey)
	}
	e.token, e.tokenField = c.Token, "Rebilly.Token"
	e.documented = responses{
		201: {mediaJSON},
		401: {mediaJSON, mediaProblem}, 403: {mediaJSON, mediaProblem},
		422: {mediaJSON, mediaProblem}, 429: {mediaJSON, mediaProblem},
	}
	e.starts = http.StatusCreated
	return &e
}

// RebillyRequest asks a customer for documents. They hand them in at the link
// of the result's next step.
type RebillyRequest struct {
	// CustomerID is the customer at Rebilly, at most 50 characters.
	CustomerID string
	// Documents to ask for, at least one.
	Documents []RebillyDocument
	// RedirectURL is where the customer comes back to, with the query parameter
	// info of back, token_expired, success, manual or partial (by the provider's
	// other public documentation); optional.
	RedirectURL string
	// Reason tells the customer why; optional.
	Reason string
	// MatchLevel is how strictly documents are verified, 1 to 3; 0 leaves it to the
	// provider.
	MatchLevel RebillyMatchLevel
	// ExpirationTime is when the request ends; zero is for the provider's default,
	// one hour from now.
	ExpirationTime time.Time

	Private
}

// RebillyDocument is one document to ask for.
type RebillyDocument struct {
	// Type is what the document must prove, such as [RebillyIdentityProof].
	Type RebillyDocumentType
	// Subtypes are the kinds accepted, such as [RebillyPassport]; none is for all.
	Subtypes []RebillyDocumentSubtype
	// MaxAttempts is how often the customer may try, 0 to 100; 0 is without limit,
	// nil for the provider's default, which is 3. See [Ptr].
	MaxAttempts *int
	// FaceProofRequired is whether a selfie that matches the document is wanted; nil
	// leaves it to the provider.
	FaceProofRequired *bool
	// FaceLivenessRequired is whether the selfie must pass the liveness check; nil
	// leaves it to the provider.
	FaceLivenessRequired *bool

	Private
}

// Provider returns [Rebilly].
func (RebillyRequest) Provider() Provider { return Rebilly }

func (r RebillyRequest) byValue() Request { return r }

func (RebillyRequest) endpoint(c *Client) *endpoint { return c.rebilly }

func (r RebillyRequest) check(in *input, _ *Client) {
	in.text("customerId", r.CustomerID, 1, rebilly.CustomerIDMaxLength)
	in.must(len(r.Documents) >= rebilly.DocumentsMinItems, "documents", "must hold at least one document")
	for i, d := range r.Documents {
		in.of("documents", i, d.check())
	}
	if r.RedirectURL != "" {
		in.returnURL("redirectUrl", r.RedirectURL)
	}
	in.text("reason", r.Reason, 0, unlimited)
	if r.MatchLevel != 0 {
		oneOf(in, "matchLevel", int(r.MatchLevel), rebilly.MatchLevelValues())
	}
	if !r.ExpirationTime.IsZero() {
		in.future("expirationTime", r.ExpirationTime)
	}
}

func (d RebillyDocument) check() (in input) {
	oneOf(&in, "type", string(d.Type), rebilly.DocumentsTypeValues())
	for _, subtype := range d.Subtypes {
		oneOf(&in, "subtypes", string(subtype), rebilly.DocumentsSubtypesValues())
	}
	if d.MaxAttempts != nil {
		in.between("maxAttempts", *d.MaxAttempts, rebilly.DocumentsMaxAttemptsMinimum, rebilly.DocumentsMaxAttemptsMaximum)
	}
	return in
}

func (r RebillyRequest) build(ctx context.Context, c *Client) (outgoing, *Error) {
	req, err := rebilly.NewCreateKYCRequestRequest(c.rebilly.server, nil, r.body())
	return c.rebilly.built(ctx, req, err)
}

func (r RebillyRequest) body() rebilly.KYCRequestInput {
	body := rebilly.KYCRequestInput{
		CustomerID:  r.CustomerID,
		Documents:   make([]rebilly.KYCDocument, len(r.Documents)),
		RedirectURL: optional(r.RedirectURL),
		Reason:      optional(r.Reason),
	}
	for i, d := range r.Documents {
		document := rebilly.KYCDocument{
			Type:                 rebilly.DocumentType(d.Type),
			MaxAttempts:          d.MaxAttempts,
			FaceProofRequired:    d.FaceProofRequired,
			FaceLivenessRequired: d.FaceLivenessRequired,
		}
		for _, subtype := range d.Subtypes {
			document.Subtypes = append(document.Subtypes, rebilly.DocumentSubtype(subtype))
		}
		body.Documents[i] = document
	}
	if r.MatchLevel != 0 {
		level := rebilly.MatchLevel(r.MatchLevel)
		body.MatchLevel = &level
	}
	if !r.ExpirationTime.IsZero() {
		body.ExpirationTime = optional(r.ExpirationTime.UTC().Format(time.RFC3339))
	}
	return body
}

// rebillyRequestJSON is a request as [MarshalRequest] writes it.
type rebillyRequestJSON struct {
	Provider Provider `json:"provider"`
	rebilly.KYCRequestInput
	ExpirationTime time.Time `json:"expirationTime,omitzero"` // exact: the provider is sent whole seconds
}

func (r RebillyRequest) wire() (any, error) {
	return rebillyRequestJSON{Rebilly, r.body(), r.ExpirationTime}, nil
}

// UnmarshalJSON fails: [UnmarshalRequest] reads a request.
func (*RebillyRequest) UnmarshalJSON([]byte) error { return errUnmarshalRequest }

func unmarshalRebilly(text []byte) (Request, error) {
	var in rebillyRequestJSON
	if err := unmarshalWire(Rebilly, text, &in, &in.Provider); err != nil {
		return nil, err
	}
	r := RebillyRequest{
		CustomerID:     in.CustomerID,
		RedirectURL:    value(in.RedirectURL),
		Reason:         value(in.Reason),
		MatchLevel:     RebillyMatchLevel(value(in.MatchLevel)),
		ExpirationTime: in.ExpirationTime,
	}
	for _, d := range in.Documents {
		document := RebillyDocument{
			Type:                 RebillyDocumentType(d.Type),
			MaxAttempts:          d.MaxAttempts,
			FaceProofRequired:    d.FaceProofRequired,
			FaceLivenessRequired: d.FaceLivenessRequired,
		}
		for _, subtype := range d.Subtypes {
			document.Subtypes = append(document.Subtypes, RebillyDocumentSubtype(subtype))
		}
		r.Documents = append(r.Documents, document)
	}
	return r, nil
}

func (r RebillyRequest) read(a *answer) (*Result, *Error) {
	if a.status == http.StatusCreated {
		return r.toResult(a)
	}
	return nil, r.toError(a)
}

// rebillyStatuses are all statuses that the provider documents. Another one is
// undetermined.
var rebillyStatuses = map[rebilly.KYCRequestStatus]struct {
	status Status
	next   NextStepKind
}{
	rebilly.KYCRequestStatusGathering:     {StatusAwaitingCustomer, NextRedirect},
	rebilly.KYCRequestStatusAttempted:     {StatusAwaitingCustomer, NextRedirect},
	rebilly.KYCRequestStatusPartial:       {StatusAwaitingCustomer, NextRedirect},
	rebilly.KYCRequestStatusPendingReview: {StatusInReview, NextAwaitCallback},
	rebilly.KYCRequestStatusFulfilled:     {StatusApproved, NextNone},
	rebilly.KYCRequestStatusFailed:        {StatusDeclined, NextNone},
	rebilly.KYCRequestStatusAbandoned:     {StatusExpired, NextNone},
	rebilly.KYCRequestStatusExpired:       {StatusExpired, NextNone},
}

// rebillyMembers decide what a 201 means.
var rebillyMembers = []member{
	{name: "id", is: isText},
	{name: "customerId", is: isText},
	{name: "status", is: isText},
	{name: "expirationTime", is: isText},
	{name: "_links", is: isList, of: []member{
		{name: "rel", is: isText},
		{name: "href", is: isText},
	}},
	{name: "type", is: isAny, denies: true},
	{name: "title", is: isAny, denies: true},
	{name: "detail", is: isAny, denies: true},
	{name: "invalidFields", is: isAny, denies: true},
}

// rebillyProcess is a KYC request without what nobody asks for here.
type rebillyProcess struct {
	rebilly.KYCRequest
	MatchLevel json.RawMessage `json:"matchLevel"` // as it came: what is no number would read as 0
	// The largest by far.
	Documents skipped `json:"documents"`
	Embedded  skipped `json:"_embedded"`
}

// standing returns how the process stands, and what is to be done next.
func (p *rebillyProcess) standing() (Status, NextStep) {
	stands, known := rebillyStatuses[value(p.Status)]
	if !known {
		stands.status, stands.next = StatusUndetermined, NextRedirect
	}
	if stands.next == NextRedirect {
		return stands.status, redirectTo(gathererLink(p.Links))
	}
	return stands.status, NextStep{Kind: stands.next}
}

func (r RebillyRequest) toResult(a *answer) (*Result, *Error) {
	body := decode[rebillyProcess](a, rebillyMembers)
	speaks := body.CustomerID != "" || body.ID != nil || body.Status != nil
	isOurs := body.CustomerID == r.CustomerID
	if !a.found.confirms() || !isOurs {
		e := a.unexpected(said{contradicts: speaks && !isOurs}) // something was started, but for whom?
		if e.Started == StartedYes {
			e.ID = rebillyLocation(a.header.Get("Location"))
		}
		return nil, e
	}
	res := a.result(body.standing())
	res.ProviderStatus = clean(string(value(body.Status)), maxWord)
	res.ID = clean(value(body.ID), maxWord)
	res.CustomerID = body.CustomerID
	res.Level = clean(scalar(body.MatchLevel), maxWord)
	res.ExpiresAt = expiry(value(body.ExpirationTime))
	res.payload = payloadOf[rebilly.KYCRequest]
	return res, nil
}

// rebillyLocation returns the id of the KYC request that a Location header names, and
// "" if it names none.
func rebillyLocation(location string) string {
	_, id, found := strings.Cut(location, "/kyc-requests/")
	if !found || !isRebillyID(id) {
		return ""
	}
	return id
}

// maxRebillyID is the longest id of a KYC request, by the provider's other public
// documentation.
const maxRebillyID = 50

// isRebillyID reports whether id has the form of a KYC request's. The dots alone are
// left out: they resolve away in a path.
func isRebillyID(id string) bool {
	return id != "" && len(id) <= maxRebillyID && strings.Trim(id, ".") != "" &&
		strings.Trim(id, rebillyIDCharacters) == ""
}

const rebillyIDCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-~.@"

// expiry returns the point in time that text gives, and the zero time if it gives
// none. time.Parse takes an offset of a day, which RFC 3339 does not have.
func expiry(text string) time.Time {
	t, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return time.Time{}
	}
	if _, err := t.MarshalText(); err != nil {
		return time.Time{}
	}
	return t
}

// redirectTo returns the step of sending the customer to link. Without a link,
// the process is there nevertheless, and its id can be looked up.
func redirectTo(link string) NextStep {
	if link == "" {
		return NextStep{Kind: NextUnspecified}
	}
	return NextStep{Kind: NextRedirect, URL: NewSecret(link)}
}

// gathererLink returns where the customer hands the documents in, if it is a
// URL that a browser may be sent to. The provider's guide calls the link
// kycGatherer.
func gathererLink(links []rebilly.Link) string {
	for _, link := range links {
		rel := string(value(link.Rel))
		if !strings.EqualFold(rel, string(rebilly.LinkRelGatherer)) && !strings.EqualFold(rel, "kycGatherer") {
			continue
		}
		href := value(link.Href)
		u, err := url.Parse(href)
		if err == nil && len(href) <= maxLink && isVisibleASCII(href) && u.User == nil && u.Hostname() != "" &&
			(u.Scheme == "https" || u.Scheme == "http" && loopback(u.Hostname())) {
			return href
		}
	}
	return ""
}

// rebillyProblemMembers decide what an error means.
var rebillyProblemMembers = []member{
	{name: "type", is: isText},
	{name: "title", is: isText},
	{name: "detail", is: isText},
	{name: "status", is: isNumber},
	{name: "invalidFields", is: isList | isObject, of: []member{
		{name: "field", is: isText},
		{name: "message", is: isText},
	}},
}

func (r RebillyRequest) toError(a *answer) *Error {
	body := decode[rebilly.InvalidFieldsProblem](a, rebillyProblemMembers) // all problems have its members
	problem, title, detail := value(body.Type), value(body.Title), value(body.Detail)
	if problem == "about:blank" {
		problem = "" // the same as none
	}
	e := a.error(kindOf(a.status), said{refusal: problem != "" || title != "" || detail != "" || body.Status != nil})
	e.Code = clean(problem, maxWord)
	e.Message = clean(cmp.Or(detail, title), maxMessage)
	e.Fields = make([]FieldError, len(body.InvalidFields))
	for i, f := range body.InvalidFields {
		e.Fields[i] = fieldError(value(f.Field), value(f.Message))
	}
	if len(body.InvalidFields) == 0 {
		e.Fields = invalidFieldsByName(a)
	}
	e.RetryAfter = max(e.RetryAfter, retryAt(a.header, "X-Ratelimit-Retry-After"))
	return e
}

// invalidFieldsByName reads the other form of invalidFields, which an old SDK of
// the provider shows: an object of field to messages.
func invalidFieldsByName(a *answer) (fields []FieldError) {
	body := decode[struct {
		InvalidFields map[string][]rebilly.InvalidField `json:"invalidFields"`
	}](a, rebillyProblemMembers)
	for _, field := range slices.Sorted(maps.Keys(body.InvalidFields)) {
		for _, f := range body.InvalidFields[field] {
			fields = append(fields, fieldError(field, value(f.Message)))
		}
	}
	return fields
}

func fieldError(path, message string) FieldError {
	return FieldError{clean(path, maxWord), clean(message, maxMessage)}
}

// rebillyReconciliation is how to find out at Rebilly whether a process exists.
var rebillyReconciliation = Reconciliation{
	Method:     "GET",
	Path:       "/kyc-requests",
	Parameters: []Parameter{{"query", "filter", "customerId:{CustomerID}"}},
	Push:       "the KYC request webhooks",
	Otherwise:  askSupport,
}
