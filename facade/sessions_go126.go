//go:build go1.26

package facade

// resumable tells whether crypto/tls checks a session's certificates against the
// time and the roots whenever it is resumed. It does, from Go 1.26 on.
const resumable = true
