// Package libopenapi holds no code but a test: libopenapi-validator in its
// strict mode judges every fixture. It shares no code with this project's own
// judge, and reads the documents with a parser of its own.
package libopenapi
