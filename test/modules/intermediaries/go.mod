module github.com/kycstart/kycstart/test/modules/intermediaries

go 1.25.0

replace github.com/kycstart/kycstart => ../../..

require github.com/kycstart/kycstart v0.0.0-00010101000000-000000000000

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
)
