package facade

// evidence is what is known of a call that ended without a confirmed start. It
// is all that decides [Error.Started], and started is the only place that does.
type evidence struct {
	// How the request went out.

	// unsent tells that nothing left: the call was refused here, or no connection
	// was ever had and none can be had any more.
	unsent bool
	// connections is how many connections the call had, over all attempts of the
	// transport. It stays 0 for a transport that does not report to httptrace.
	connections int
	// reused tells that a connection had served an earlier exchange: what comes
	// back on it may be the answer to that one.
	reused bool

	// What came back.

	status int // HTTP status, 0 if none arrived
	// starts tells that this status by itself means a started KYC.
	starts bool
	// documented tells that the provider documents this status with this media
	// type, in the spec or in its other public documentation.
	documented bool
	// jsonType tells that the body came under a JSON media type.
	jsonType bool
	// empty tells that the answer declared an empty body.
	empty bool
	found
	said
}

// said is what a provider's file read in an answer.
type said struct {
	// refusal tells that the answer is the provider's own error object.
	refusal bool
	// refusalAs200 tells that the provider documents this refusal under 200.
	refusalAs200 bool
	// contradicts tells that a member says the contrary of another, or of the
	// request.
	contradicts bool
	// knownCode tells that its codes are ones that the provider documents.
	knownCode bool
	// openCode tells that a code in it leaves open whether something was started.
	openCode bool
}

// started says whether the call started a KYC. No has two reasons and no third:
// nothing was sent, or the provider refused in words that it documents.
func (e evidence) started() Started {
	switch {
	case e.unsent && e.status == 0:
		return StartedNo
	case e.oneFreshConnection() && e.refusingStatus() && e.ownRefusal() && e.inDocumentedWords():
		return StartedNo
	case e.starts && !e.denies && !e.contradicts:
		return StartedYes
	default:
		return StartedUnknown
	}
}

// oneFreshConnection reports whether the answer is that of the only delivery. A
// transport that repeated may have started by the first; and on a connection
// that was used before, the answer may belong to an earlier call.
func (e evidence) oneFreshConnection() bool { return e.connections == 1 && !e.reused }

// refusingStatus reports whether the status can refuse. A 408 and a 409 may come
// after the work began.
func (e evidence) refusingStatus() bool {
	return e.status/100 == 4 && e.status != 408 && e.status != 409 || e.status == 200 && e.refusalAs200
}

// ownRefusal reports whether the answer is the provider's error object, whole and
// without a contradiction: a status alone may come from any proxy on the way.
func (e evidence) ownRefusal() bool {
	return e.refusal && (e.whole && e.jsonType || e.empty) && !e.doubled && !e.mistyped && !e.contradicts
}

// inDocumentedWords reports whether the provider documents this refusal, and no
// code in it leaves the start open.
func (e evidence) inDocumentedWords() bool {
	return (e.documented || e.knownCode) && !e.openCode
}
