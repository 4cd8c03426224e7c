package facade

import (
	"crypto/tls"
	"fmt"
	"testing"
)

// TestSessionsAreBounded remembers the first hosts, and another one once one of them
// is dropped.
func TestSessionsAreBounded(t *testing.T) {
	const most = 8
	s := newSessions()
	kept := func(host int) bool {
		_, ok := s.Get(fmt.Sprint(host))
		return ok
	}
	for host := range 100 {
		s.Put(fmt.Sprint(host), new(tls.ClientSessionState))
		if kept(host) != (host < most) {
			t.Errorf("host %d is kept: %v", host, kept(host))
		}
	}
	newer := new(tls.ClientSessionState)
	s.Put("0", newer)
	if got, _ := s.Get("0"); got != newer {
		t.Error("a newer session of a host that is kept was not kept")
	}
	s.Put("0", nil)
	s.Put("99", newer)
	if kept(0) || !kept(99) {
		t.Error("a host that was dropped has left no room for another")
	}
}
