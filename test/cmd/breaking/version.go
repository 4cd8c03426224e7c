package main

import (
	"fmt"

	"golang.org/x/mod/semver"
)

// extent is how much the changes affect users.
type extent int

const (
	unchanged extent = iota
	compatible
	breaking
)

var words = map[extent]string{
	unchanged:  "specs and API have not changed",
	compatible: "specs and API have grown, and break nobody",
	breaking:   "specs or API break users",
}

// verdict says which version the changes need. It fails if the next version is lower, or if
// something breaks and no version is given.
func verdict(found extent, last, version string) error {
	if last == "" {
		last = "v0.0.0" // nothing is tagged yet
	}
	next := bump(last, found)
	fmt.Printf("%s: after %s comes %s\n", words[found], last, next)
	switch {
	case version == "" && found == breaking:
		return fmt.Errorf("breaking: undo what breaks users, or make it %s and say so with VERSION=%s", next, next)
	case version == "":
		return nil
	case !semver.IsValid(version):
		return fmt.Errorf("breaking: VERSION=%s is no version: it must be like v1.2.3", version)
	case semver.Compare(version, next) < 0:
		return fmt.Errorf("breaking: VERSION=%s is too low for what changed since %s: it must be at least %s", version, last, next)
	}
	return nil
}

// bump returns the lowest version that may have such changes. While the major number is 0, the
// minor number rises when something breaks.
func bump(last string, found extent) string {
	var major, minor, patch int
	_, _ = fmt.Sscanf(semver.Canonical(last), "v%d.%d.%d", &major, &minor, &patch) // a tag that is not a version counts as v0.0.0
	switch {
	case found == breaking && major > 0:
		return fmt.Sprintf("v%d.0.0", major+1)
	case found == unchanged:
		return fmt.Sprintf("v%d.%d.%d", major, minor, patch+1)
	}
	return fmt.Sprintf("v%d.%d.0", major, minor+1)
}
