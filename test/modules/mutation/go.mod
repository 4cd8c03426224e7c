module github.com/kycstart/kycstart/test/modules/mutation

go 1.25.0

require (
	github.com/google/go-cmp v0.7.0
	github.com/kycstart/kycstart v0.0.0
)

replace github.com/kycstart/kycstart => ../../..
