package sandbox

import (
	"context"
	"errors"
	"net"
)

// nobody is a loopback address at which connections are refused for as long as
// it lasts. A port that was merely closed could be taken by another process at
// any time; this one is held by the near end of a connection, at which nobody
// listens.
type nobody struct {
	near, far net.Conn
}

func newNobody() (*nobody, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	// The address is bound before the connection is made, so that no outgoing
	// connection of others gets the same port.
	dialer := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}}
	near, err := dialer.Dial("tcp", listener.Addr().String())
	if err != nil {
		return nil, err
	}
	far, err := listener.Accept()
	if err != nil {
		return nil, errors.Join(err, near.Close())
	}
	return &nobody{near, far}, nil
}

func (n *nobody) address() string { return n.near.LocalAddr().String() }

func (n *nobody) close() {
	_ = n.near.Close()
	_ = n.far.Close()
}

// dial connects to address, unless it is that of a provider whose turn it is to
// refuse.
func (s *Sandbox) dial(ctx context.Context, network, address string) (net.Conn, error) {
	for _, p := range s.providers {
		if p.address() == address && p.refuses() {
			address = s.nobody.address()
		}
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}
