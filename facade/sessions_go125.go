//go:build !go1.26

package facade

// resumable tells whether crypto/tls checks a session's certificates against the
// time and the roots whenever it is resumed. The first versions of Go 1.25 check
// the host, and the dates of the last certificate, alone (CVE-2025-68121).
const resumable = false
