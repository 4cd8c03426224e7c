package facade

import "errors"

// Started tells whether this call started a KYC process, although it returned an
// error. It says nothing of earlier calls for the same customer.
type Started int

// The answers to "did this call start a KYC process?".
const (
	// StartedUnknown is the zero value: assume that it may have.
	StartedUnknown Started = iota
	// StartedNo is said for two reasons only: nothing was sent, or the provider
	// refused in its own documented words.
	StartedNo
	// StartedYes is said where the status alone means that a process was started,
	// and the rest of the answer cannot be used.
	StartedYes
)

// String returns "unknown", "no" or "yes".
func (s Started) String() string {
	switch s {
	case StartedNo:
		return "no"
	case StartedYes:
		return "yes"
	default:
		return "unknown"
	}
}

// MarshalText implements [encoding.TextMarshaler].
func (s Started) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. It takes what String returns,
// and fails on anything else.
func (s *Started) UnmarshalText(text []byte) error {
	for _, known := range []Started{StartedUnknown, StartedNo, StartedYes} {
		if string(text) == known.String() {
			*s = known
			return nil
		}
	}
	return errors.New(`facade: started must be "unknown", "no" or "yes"`)
}

// StartedOf returns whether a call that returned err started a KYC process: yes for
// nil, what the error says for an [Error], and unknown for any other error. A service
// counts its outcomes by it.
func StartedOf(err error) Started {
	var e *Error
	switch {
	case err == nil:
		return StartedYes
	case errors.As(err, &e) && e != nil:
		return e.Started
	default:
		return StartedUnknown
	}
}
