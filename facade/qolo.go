package facade

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/kycstart/kycstart/gen/qolo"
)

// QoloDevelopment is the only server known of Qolo, from the provider's other
// public documentation, for [QoloConfig]. Production is not published.
const QoloDevelopment = "https://devapi.qolopay.com"

// QoloV1 is the version of the API in every example of Qolo's other public
// documentation.
const QoloV1 = "v1"

// DefaultMaxImageBytes is the largest image accepted if
// [QoloConfig.MaxImageBytes] is 0.
const DefaultMaxImageBytes = 16 << 20

// QoloConfig configures Qolo.
type QoloConfig struct {
	// BaseURL is the server, such as [QoloDevelopment]. There is no default.
	BaseURL string
	// Version of the API; empty is for [QoloV1].
	Version string
	// Token gives the token of the provider's login, which is good for twelve
	// hours by its other public documentation.
	Token TokenSource
	// MaxImageBytes is the largest image sent, before its encoding; 0 is for 16 MiB.
	MaxImageBytes int64
	// Timeout is how long a call may take at most, whatever the deadline of its context;
	// 0 is for that of [Config.HTTPClient]. If that is 0 too, a context without a
	// deadline gets 30 seconds.
	Timeout time.Duration

	Private
}

// qoloEndpoint adds what only Qolo's calls need.
type qoloEndpoint struct {
	endpoint
	version  string
	maxImage int64
}

func (c *QoloConfig) endpoint(e endpoint, in *input) *qoloEndpoint {
	q := &qoloEndpoint{e, cmp.Or(c.Version, QoloV1), cmp.Or(c.MaxImageBytes, DefaultMaxImageBytes)}
	in.segment("Qolo.Version", q.version)
	in.must(c.Token != nil, "Qolo.Token", sourceWanted)
	in.must(q.maxImage > 0, "Qolo.MaxImageBytes", "must not be negative")
	q.provider = Qolo
	q.limit(in, "Qolo.Timeout", c.Timeout)
	q.server = in.baseURL("Qolo.BaseURL", c.BaseURL)
	q.token, q.tokenField = c.Token, "Qolo.Token"
	// The errors have no documented content: any is accepted.
	q.documented = responses{200: {mediaJSON}, 400: nil, 401: nil, 404: nil, 500: nil}
	return q
}

// QoloRequest starts the verification of a person, updates what the provider
// knows of them, or answers challenge questions. Overriding the level on the
// client's own word is left to the generated client: it can overrule a
// sanctions check.
type QoloRequest struct {
	// PersonGUID is the person, in the 36-character form.
	PersonGUID string
	// ProgramGUID is the program, in the same form; optional.
	ProgramGUID string
	// Notes are a free remark; optional.
	Notes string
	// Identifications are identity numbers for the electronic check.
	Identifications []QoloIdentification
	// Answers are for the questions of an earlier [Result].
	Answers []QoloAnswer
	// Document is an identity document with its images.
	Document *QoloDocument
	// IdempotencyKey is sent as the header of this name; optional, at most 255
	// characters of visible ASCII. By a document of the provider's of 2022, a call that
	// creates a resource may be repeated with the same key for a time that is not told.
	// Whether this call, which updates a person, is meant is not documented: so the key
	// changes nothing in [Error.Started] and [Error.SafeToRetry].
	IdempotencyKey string

	Private
}

// QoloIdentification is an identity number issued by a government.
type QoloIdentification struct {
	// GovtIDType is the kind of the number, such as [QoloGovtIDPassport].
	GovtIDType   QoloGovtIDType
	GovtIDNumber string

	Private
}

// QoloAnswer answers one [Question].
type QoloAnswer struct {
	Key    string
	Answer string

	Private
}

// QoloDocument is an identity document. Every field is optional.
type QoloDocument struct {
	// DocumentType is the kind of the document, such as [QoloPassport].
	DocumentType QoloDocumentType
	// FileType is the format of the images, such as [QoloJPEG].
	FileType       QoloFileType
	IssuingCountry string
	Front          QoloImage
	Back           QoloImage
	FaceImage      QoloImage
	// LivenessDetected is whether the face was found to be alive; nil does not say.
	// See [Ptr].
	LivenessDetected *bool

	Private
}

// Provider returns [Qolo].
func (QoloRequest) Provider() Provider { return Qolo }

func (r QoloRequest) byValue() Request { return r }

func (QoloRequest) endpoint(c *Client) *endpoint {
	if c.qolo == nil {
		return nil
	}
	return &c.qolo.endpoint
}

func (r QoloRequest) check(in *input, c *Client) {
	in.guid("person_guid", r.PersonGUID)
	if r.ProgramGUID != "" {
		in.guid("program_guid", r.ProgramGUID)
	}
	in.text("notes", r.Notes, 0, unlimited)
	in.must(isVisibleASCII(r.IdempotencyKey) && len(r.IdempotencyKey) <= maxIdempotencyKey, "IdempotencyKey",
		"must be at most 255 characters of visible ASCII")
	for i, id := range r.Identifications {
		in.of("identifications", i, id.check())
	}
	for i, a := range r.Answers {
		in.of("answers", i, a.check())
	}
	if d := r.Document; d != nil {
		in.text("document.document_type", string(d.DocumentType), 0, unlimited)
		in.text("document.file_type", string(d.FileType), 0, unlimited)
		in.text("document.issuing_country", d.IssuingCountry, 0, unlimited)
		in.image("document.front", d.Front, c.qolo.maxImage)
		in.image("document.back", d.Back, c.qolo.maxImage)
		in.image("document.face_image", d.FaceImage, c.qolo.maxImage)
	}
}

func (id QoloIdentification) check() (in input) {
	in.text("govt_id_type", string(id.GovtIDType), 0, unlimited)
	in.text("govt_id_number", id.GovtIDNumber, 0, unlimited)
	return in
}

func (a QoloAnswer) check() (in input) {
	in.text("key", a.Key, 0, unlimited)
	in.text("answer", a.Answer, 0, unlimited)
	return in
}

// maxIdempotencyKey is a choice: the provider documents no limit.
const maxIdempotencyKey = 255

// maxPlainUpload is the size of encoded images up to which a body is put
// together in memory. The bytes sent are the same either way.
const maxPlainUpload = 64 << 10

// build streams large images, by an upload, and puts small ones into the body.
func (r QoloRequest) build(ctx context.Context, c *Client) (outgoing, *Error) {
	body, images := r.body()
	if encodedSize(images) > maxPlainUpload {
		return r.buildUpload(ctx, c, body, images)
	}
	for _, image := range images {
		var err error
		if *image.text, err = image.base64(); err != nil {
			return outgoing{}, refuseImage(ctx, &image, err)
		}
	}
	req, err := qolo.NewPerformKYCRequest(c.qolo.server, c.qolo.version, r.PersonGUID, r.params(), body)
	return c.qolo.built(ctx, req, err)
}

func (r QoloRequest) buildUpload(ctx context.Context, c *Client, body qolo.PerformKYCRequest, images []uploadImage) (outgoing, *Error) {
	req, err := qolo.NewPerformKYCRequestWithBody(c.qolo.server, c.qolo.version, r.PersonGUID, r.params(), mediaJSON, nil)
	out, failed := c.qolo.built(ctx, req, err)
	if failed != nil {
		return out, failed
	}
	text, err := json.Marshal(body)
	if err != nil {
		return out, notSent(ctx, Qolo, KindInvalidRequest, newCause(ctx, err))
	}
	u, image, err := newUpload(string(text), images)
	if err != nil {
		return out, refuseImage(ctx, image, err)
	}
	out.upload, out.ContentLength, out.GetBody = u, u.length, u.reader
	out.Body, _ = u.reader()
	return out, nil
}

// params are the optional headers.
func (r QoloRequest) params() *qolo.PerformKYCParams {
	if r.IdempotencyKey == "" {
		return nil
	}
	return &qolo.PerformKYCParams{IdempotencyKey: &r.IdempotencyKey}
}

// body returns the generated body, with an empty text for each image, and the
// images in the order of their members in the JSON.
func (r QoloRequest) body() (qolo.PerformKYCRequest, []uploadImage) {
	perform := true
	body := qolo.PerformKYCRequest{
		PerformKYC:  &perform,
		ProgramGUID: optional(r.ProgramGUID),
		Notes:       optional(r.Notes),
	}
	for _, id := range r.Identifications {
		body.Identifications = append(body.Identifications, qolo.PersonIdentification{
			GovtIDType:   optional(string(id.GovtIDType)),
			GovtIDNumber: optional(id.GovtIDNumber),
		})
	}
	for _, a := range r.Answers {
		body.Answers = append(body.Answers, qolo.Answer{Key: optional(a.Key), Answer: optional(a.Answer)})
	}
	d := r.Document
	if d == nil {
		return body, nil
	}
	body.Document = &qolo.Document{
		DocumentType:     optional(string(d.DocumentType)),
		FileType:         optional(string(d.FileType)),
		IssuingCountry:   optional(d.IssuingCountry),
		LivenessDetected: d.LivenessDetected,
	}
	var images []uploadImage
	add := func(name string, image QoloImage, member **string) {
		if image.open != nil {
			*member = new(string)
			images = append(images, uploadImage{QoloImage: image, member: name, text: *member})
		}
	}
	add("back", d.Back, &body.Document.Back)
	add("face_image", d.FaceImage, &body.Document.FaceImage)
	add("front", d.Front, &body.Document.Front)
	return body, images
}

func (r QoloRequest) read(a *answer) (*Result, *Error) {
	if a.status == http.StatusOK {
		return r.toResult(a)
	}
	return nil, r.toError(a)
}

// qoloMembers decide what an answer means.
var qoloMembers = []member{
	{name: "person_guid", is: isText},
	{name: "verificationResults", is: isList, of: []member{
		{name: "person_guid", is: isText},
		{name: "verification_date", is: isText},
		{name: "questions", is: isList, of: []member{
			{name: "key", is: isText},
			{name: "prompt", is: isText},
			{name: "options", is: isList},
		}},
	}},
	{name: "error", is: isAny, denies: true},
}

// toResult never takes level or checks for a decision: they are free texts
// without documented values, and a wrong guess at "approved" is a compliance
// breach.
func (r QoloRequest) toResult(a *answer) (*Result, *Error) {
	body := decode[qoloDetails](a, qoloMembers)
	if !a.found.confirms() || !r.isAboutPerson(&body.KYCDetails) {
		return nil, a.unexpected(said{})
	}
	res := a.result(StatusUndetermined, NextStep{Kind: NextUnspecified})
	res.CustomerID = r.PersonGUID
	res.Level = body.level()
	for _, v := range body.VerificationResults {
		res.Checks = append(res.Checks, checkOf(&v))
		res.Next.Questions = appendQuestions(res.Next.Questions, v.Questions)
	}
	if len(res.Next.Questions) > 0 {
		res.Status, res.Next.Kind = StatusAwaitingCustomer, NextAnswerQuestions
	}
	res.payload = payloadOf[qolo.KYCDetails]
	return res, nil
}

// qoloDetails is how a person stands.
type qoloDetails struct {
	qolo.KYCDetails
	VerificationLevel json.RawMessage `json:"verification_level"` // documented as text; a number is a level too
}

func (d *qoloDetails) level() string { return clean(scalar(d.VerificationLevel), maxWord) }

func checkOf(v *qolo.VerificationResult) Check {
	return Check{
		Method:            word(v.VerificationMethod),
		Date:              word(v.VerificationDate),
		DocumentType:      word(v.DocumentType),
		ResponseCode:      word(v.ResponseCode),
		Result:            word(v.VerificationResults),
		ReasonCode:        word(v.ReasonCode),
		ProviderName:      word(v.ProviderName),
		ProviderReference: word(v.ProviderReference),
	}
}

// word returns what an optional member holds, bounded and cleaned.
func word(member *string) string { return clean(value(member), maxWord) }

// appendQuestions appends the questions that can be answered: the answer goes back
// under the key, as it came.
func appendQuestions(questions []Question, asked []qolo.Question) []Question {
	for _, q := range asked {
		key := value(q.Key)
		if key == "" || word(q.Key) != key {
			continue
		}
		options := make([]string, len(q.Options))
		for i, option := range q.Options {
			options[i] = clean(option, maxMessage)
		}
		questions = append(questions, Question{Key: key, Prompt: clean(value(q.Prompt), maxMessage), Options: options})
	}
	return questions
}

// isAboutPerson reports whether the answer is about the person asked for, and no
// part of it about another.
func (r QoloRequest) isAboutPerson(body *qolo.KYCDetails) bool {
	for _, v := range body.VerificationResults {
		if v.PersonGUID != nil && !strings.EqualFold(*v.PersonGUID, r.PersonGUID) {
			return false
		}
	}
	return strings.EqualFold(value(body.PersonGUID), r.PersonGUID)
}

// toError takes any JSON for the provider's own error, and an empty body too: no
// error body is documented.
func (r QoloRequest) toError(a *answer) *Error {
	body := decode[struct{ Message, Error, Title, Detail string }](a, nil)
	a.found.whole = a.found.whole || a.holdsJSON()
	e := a.error(kindOf(a.status), said{refusal: a.found.whole || a.evidence.empty})
	// These are the usual places of a message.
	e.Message = clean(cmp.Or(body.Message, body.Error, body.Title, body.Detail), maxMessage)
	return e
}

// qoloReconciliation is how to find out at Qolo whether a process exists.
var qoloReconciliation = Reconciliation{
	Method:     "GET",
	Path:       "/api/{version}/persons/{person_guid}/kyc",
	Parameters: []Parameter{{"path", "version", "{Version}"}, {"path", "person_guid", "{PersonGUID}"}},
	Otherwise:  askSupport,
}
