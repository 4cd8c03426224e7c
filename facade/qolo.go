package facade

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"

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
}

// qoloEndpoint adds what only Qolo's calls need.
type qoloEndpoint struct {
	endpoint
	maxImage int64
}

func (c *QoloConfig) endpoint(e endpoint, in *input) *qoloEndpoint {
	q := &qoloEndpoint{e, cmp.Or(c.MaxImageBytes, DefaultMaxImageBytes)}
	version := cmp.Or(c.Version, QoloV1)
	in.segment(name("Qolo.Version"), version)
	in.must(c.Token != nil, name("Qolo.Token"), sourceWanted)
	in.must(q.maxImage > 0, name("Qolo.MaxImageBytes"), "must not be negative")
	q.provider = Qolo
	q.prepared = in.request(qolo.NewPerformKYCRequestWithBody(in.baseURL(name("Qolo.BaseURL"), c.BaseURL), version, someone, nil, mediaJSON, nil))
	q.prepared.Header.Set("Accept", mediaJSON)
	q.token = c.Token
	q.spec = qoloSpec
	q.timeout = defaultTimeout
	return q
}

// The errors have no documented content: any is accepted.
var qoloSpec = documented{200: {mediaJSON}, 400: nil, 401: nil, 404: nil, 500: nil}

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
}

// QoloIdentification is an identity number issued by a government.
type QoloIdentification struct {
	// GovtIDType is the kind of the number. The provider documents one value,
	// NOTPROVIDED, as a sample.
	GovtIDType   string
	GovtIDNumber string
}

// QoloAnswer answers one [Question].
type QoloAnswer struct {
	Key    string
	Answer string
}

// QoloDocument is an identity document. The provider documents one value of
// DocumentType and of FileType each, PASSPORT and BMP, as a sample.
type QoloDocument struct {
	DocumentType     string
	FileType         string
	IssuingCountry   string
	Front            QoloImage
	Back             QoloImage
	FaceImage        QoloImage
	LivenessDetected *bool
}

// Provider returns [Qolo].
func (QoloRequest) Provider() Provider { return Qolo }

func (r QoloRequest) start(ctx context.Context, c *Client) (*Result, *Error) {
	if c.qolo == nil {
		return nil, unconfigured(Qolo, "Qolo")
	}
	if err := r.check(c.qolo.maxImage); err != nil {
		return nil, err
	}
	call, failed := r.call(ctx)
	if failed != nil {
		return nil, failed
	}
	defer call.upload.finish()
	a, failed := c.qolo.send(ctx, call)
	if failed != nil {
		return nil, call.upload.explain(failed)
	}
	if a.status == http.StatusOK {
		return r.toResult(a)
	}
	return nil, r.toError(a)
}

func (r QoloRequest) check(maxImage int64) *Error {
	var in input
	in.guid(name("person_guid"), r.PersonGUID)
	if r.ProgramGUID != "" {
		in.guid(name("program_guid"), r.ProgramGUID)
	}
	in.text(name("notes"), r.Notes, 0, unlimited)
	for i, id := range r.Identifications {
		in.text(element("identifications", i, "govt_id_type"), id.GovtIDType, 0, unlimited)
		in.text(element("identifications", i, "govt_id_number"), id.GovtIDNumber, 0, unlimited)
	}
	for i, a := range r.Answers {
		in.text(element("answers", i, "key"), a.Key, 0, unlimited)
		in.text(element("answers", i, "answer"), a.Answer, 0, unlimited)
	}
	if d := r.Document; d != nil {
		in.text(name("document.document_type"), d.DocumentType, 0, unlimited)
		in.text(name("document.file_type"), d.FileType, 0, unlimited)
		in.text(name("document.issuing_country"), d.IssuingCountry, 0, unlimited)
		in.image(name("document.front"), d.Front, maxImage)
		in.image(name("document.back"), d.Back, maxImage)
		in.image(name("document.face_image"), d.FaceImage, maxImage)
	}
	return in.err(Qolo)
}

// maxPlainUpload is the size of encoded images up to which a body is put
// together in memory. The bytes sent are the same either way.
const maxPlainUpload = 64 << 10

// call returns the call. Large images are encoded while they are sent, by its
// upload, which is nil for small ones.
func (r QoloRequest) call(ctx context.Context) (call, *Error) {
	body, images := r.body()
	c := call{customer: r.PersonGUID, body: body}
	if encodedSize(images) > maxPlainUpload {
		text, err := json.Marshal(body)
		if err != nil {
			return c, unsent(ctx, Qolo, KindInvalidRequest, err)
		}
		c.upload = newUpload(string(text), images)
		return c, nil
	}
	for _, image := range images {
		var err error
		if *image.text, err = image.base64(); err != nil {
			return c, refuseImage(ctx, image, err)
		}
	}
	return c, nil
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
			GovtIDType:   optional(id.GovtIDType),
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
		DocumentType:     optional(d.DocumentType),
		FileType:         optional(d.FileType),
		IssuingCountry:   optional(d.IssuingCountry),
		LivenessDetected: d.LivenessDetected,
	}
	var images []uploadImage
	add := func(name string, image QoloImage, member **string) {
		if image.open != nil {
			*member = new(string)
			images = append(images, uploadImage{image, name, *member})
		}
	}
	add("back", d.Back, &body.Document.Back)
	add("face_image", d.FaceImage, &body.Document.FaceImage)
	add("front", d.Front, &body.Document.Front)
	return body, images
}

// optional returns what the generated code wants of an optional text.
func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// toResult never takes level or checks for a decision: they are free texts
// without documented values, and a wrong guess at "approved" is a compliance
// breach.
func (r QoloRequest) toResult(a *answer) (*Result, *Error) {
	body, _ := decode[qolo.KYCDetails](a)
	if !r.concerns(body) {
		return nil, a.unexpected(StartedUnknown)
	}
	res := a.result(StatusUndetermined, NextStep{Kind: NextUnspecified})
	res.CustomerID = r.PersonGUID
	res.Level = value(body.VerificationLevel)
	res.Checks = slices.Grow(res.Checks, len(body.VerificationResults))
	for _, v := range body.VerificationResults {
		res.Checks = append(res.Checks, Check{
			Method:            value(v.VerificationMethod),
			Date:              value(v.VerificationDate),
			DocumentType:      value(v.DocumentType),
			ResponseCode:      value(v.ResponseCode),
			Result:            value(v.VerificationResults),
			ReasonCode:        value(v.ReasonCode),
			ProviderName:      value(v.ProviderName),
			ProviderReference: value(v.ProviderReference),
		})
		res.Next.Questions = slices.Grow(res.Next.Questions, len(v.Questions))
		for _, q := range v.Questions {
			res.Status = StatusAwaitingCustomer
			res.Next.Kind = NextAnswerQuestions
			res.Next.Questions = append(res.Next.Questions, Question{
				Key: value(q.Key), Prompt: value(q.Prompt), Options: append([]string{}, q.Options...),
			})
		}
	}
	res.payload = payloadOf[qolo.KYCDetails]
	return res, nil
}

// concerns reports whether the answer is about the person asked for, and no
// part of it about another.
func (r QoloRequest) concerns(body *qolo.KYCDetails) bool {
	for _, v := range body.VerificationResults {
		if v.PersonGUID != nil && !strings.EqualFold(*v.PersonGUID, r.PersonGUID) {
			return false
		}
	}
	return strings.EqualFold(value(body.PersonGUID), r.PersonGUID)
}

func (r QoloRequest) toError(a *answer) *Error {
	e := a.error()
	// No error body is documented; these are the usual places of a message.
	body, _ := decode[struct{ Message, Error, Title, Detail string }](a)
	for _, text := range []string{body.Message, body.Error, body.Title, body.Detail} {
		if e.Message == "" {
			e.Message = clean(text, maxMessage)
		}
	}
	return e
}
