package sandbox

import (
	"context"
	"net"
)

// dial connects to address, unless it is that of a provider whose turn it is to
// refuse.
func (s *Sandbox) dial(ctx context.Context, network, address string) (net.Conn, error) {
	for _, p := range s.providers {
		if p.address() == address && p.refuses() {
			address = s.unreachable.String()
		}
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}
