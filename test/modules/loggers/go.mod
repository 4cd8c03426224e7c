module github.com/kycstart/kycstart/test/modules/loggers

go 1.25.0

replace github.com/kycstart/kycstart => ../../..

require (
	github.com/kycstart/kycstart v0.0.0
	github.com/rs/zerolog v1.35.1
	github.com/sirupsen/logrus v1.10.2
	go.uber.org/zap v1.28.0
)

require (
	github.com/apapsch/go-jsonmerge/v2 v2.0.0 // indirect
	github.com/google/uuid v1.6.0 // indirect
	github.com/mattn/go-colorable v0.1.14 // indirect
	github.com/mattn/go-isatty v0.0.20 // indirect
	github.com/oapi-codegen/runtime v1.8.0 // indirect
	go.uber.org/multierr v1.10.0 // indirect
	golang.org/x/sys v0.39.0 // indirect
)
