package facade

import (
	"errors"

	"github.com/kycstart/kycstart/gen/qolo"
)

// qoloRequestJSON is a request as [MarshalRequest] writes it.
type qoloRequestJSON struct {
	Provider   Provider `json:"provider"`
	PersonGUID string   `json:"person_guid"`
	// IdempotencyKey has the name of its header.
	IdempotencyKey string `json:"IdempotencyKey,omitempty"`
	qolo.PerformKYCRequest
	Document *qoloDocumentJSON `json:"document,omitempty"`
}

// qoloDocumentJSON is a document with the files of its images in place of their bytes.
type qoloDocumentJSON struct {
	qolo.Document
	Front     *qoloFileJSON `json:"front,omitempty"`
	Back      *qoloFileJSON `json:"back,omitempty"`
	FaceImage *qoloFileJSON `json:"face_image,omitempty"`
}

type qoloFileJSON struct {
	File string `json:"file"`
}

var errImageInMemory = errors.New("an image from memory has no JSON: use QoloImageFile")

func (r QoloRequest) wire() (any, error) {
	body, _ := r.body()
	out := qoloRequestJSON{Provider: Qolo, PersonGUID: r.PersonGUID, IdempotencyKey: r.IdempotencyKey, PerformKYCRequest: body}
	out.PerformKYC = nil // what a start is
	d := r.Document
	if d == nil {
		return out, nil
	}
	out.Document = &qoloDocumentJSON{Document: *body.Document}
	for _, image := range []struct {
		from QoloImage
		to   **qoloFileJSON
	}{
		{d.Front, &out.Document.Front},
		{d.Back, &out.Document.Back},
		{d.FaceImage, &out.Document.FaceImage},
	} {
		switch {
		case image.from.file != "":
			*image.to = &qoloFileJSON{image.from.file}
		case image.from.open != nil:
			return nil, errImageInMemory
		}
	}
	return out, nil
}

// UnmarshalJSON fails: [UnmarshalRequest] reads a request.
func (*QoloRequest) UnmarshalJSON([]byte) error { return errUnmarshalRequest }

func unmarshalQolo(text []byte) (Request, error) {
	var in qoloRequestJSON
	if err := unmarshalWire(Qolo, text, &in, &in.Provider); err != nil {
		return nil, err
	}
	if in.PerformKYC != nil || in.ClientVerification != nil {
		return nil, errors.New("facade: qolo request: perform_kyc and client_verification are not of this package's request")
	}
	read := QoloRequest{PersonGUID: in.PersonGUID, IdempotencyKey: in.IdempotencyKey, ProgramGUID: value(in.ProgramGUID), Notes: value(in.Notes)}
	for _, id := range in.Identifications {
		read.Identifications = append(read.Identifications, QoloIdentification{
			GovtIDType: QoloGovtIDType(value(id.GovtIDType)), GovtIDNumber: value(id.GovtIDNumber),
		})
	}
	for _, a := range in.Answers {
		read.Answers = append(read.Answers, QoloAnswer{Key: value(a.Key), Answer: value(a.Answer)})
	}
	if d := in.Document; d != nil {
		read.Document = &QoloDocument{
			DocumentType:     QoloDocumentType(value(d.DocumentType)),
			FileType:         QoloFileType(value(d.FileType)),
			IssuingCountry:   value(d.IssuingCountry),
			LivenessDetected: d.LivenessDetected,
		}
		for _, image := range []struct {
			from *qoloFileJSON
			to   *QoloImage
		}{
			{d.Front, &read.Document.Front},
			{d.Back, &read.Document.Back},
			{d.FaceImage, &read.Document.FaceImage},
		} {
			if image.from == nil {
				continue
			}
			var err error
			if *image.to, err = QoloImageFile(image.from.File); err != nil {
				return nil, err
			}
		}
	}
	return read, nil
}
