// Package libopenapi only holds a test: libopenapi-validator in its strict mode judges every
// fixture. It shares no code with this project's own judge, and reads the documents with its own
// parser.
package libopenapi
