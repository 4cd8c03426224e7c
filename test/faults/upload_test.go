package faults_test

import (
	"github.com/kycstart/kycstart/facade"
	"github.com/kycstart/kycstart/test/fixtures"
)

// withImage is a start at Qolo with one image.
func withImage(image facade.QoloImage) facade.QoloRequest {
	r := fixtures.Start(facade.Qolo).(facade.QoloRequest)
	r.Document = &facade.QoloDocument{DocumentType: "PASSPORT", FileType: "BMP", IssuingCountry: "DE", Front: image}
	return r
}
