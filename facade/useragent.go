package facade

import (
	"runtime/debug"
	"strings"
)

const modulePath = "github.com/kycstart/kycstart"

// userAgent returns the User-Agent of all calls: the library with its version, and the
// application's own in front, if it gave one.
func userAgent(application string) string {
	return strings.TrimSpace(application + " kycstart/" + version())
}

// version is that of this module in the running program, "devel" if it was not built
// from a published version.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "devel"
	}
	for _, module := range info.Deps {
		if module.Path == modulePath && module.Replace == nil {
			return module.Version
		}
	}
	return "devel"
}
