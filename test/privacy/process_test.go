package privacy_test

const childMode = "KYCSTART_PRIVACY_CHILD"

func child(string) {}
