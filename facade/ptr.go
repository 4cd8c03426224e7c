package facade

// Ptr returns a pointer to v, for the fields of requests in which nil means that the
// provider decides: MaxAttempts: facade.Ptr(0).
func Ptr[T any](v T) *T { return &v }
