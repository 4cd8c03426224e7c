//go:build tools

// Package tools pins the generator: `make generate` runs the version that
// go.mod names, on every machine.
package tools

import (
	_ "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen"
)
