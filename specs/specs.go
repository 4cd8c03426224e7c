// Package specs holds the OpenAPI documents of the five KYC providers, the
// source of everything in gen, and the published schema of what the facade
// returns.
package specs

import "embed"

// Files holds the documents: one <provider>.yaml each, and normalized.yaml, the
// schema of facade.Result and facade.Error as JSON.
//
//go:embed vault.yaml xgateway.yaml forte.yaml qolo.yaml rebilly.yaml normalized.yaml
var Files embed.FS

// GEN is the folder that make generate puts in the place of gen if all went well.
//
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config oapi-codegen.yaml -package vault -o ../$GEN/vault/vault.gen.go vault.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config oapi-codegen.yaml -package xgateway -o ../$GEN/xgateway/xgateway.gen.go xgateway.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config oapi-codegen.yaml -package forte -o ../$GEN/forte/forte.gen.go forte.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config oapi-codegen.yaml -package qolo -o ../$GEN/qolo/qolo.gen.go qolo.yaml
//go:generate go run github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen -config oapi-codegen.yaml -package rebilly -o ../$GEN/rebilly/rebilly.gen.go rebilly.yaml

// What the requests may hold, for the facade's validation:
//go:generate go run ../test/cmd/limits -o ../$GEN
