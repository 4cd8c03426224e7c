// Package deadport has loopback addresses that refuse connections.
package deadport

import (
	"errors"
	"net"
)

// Address is a loopback address at which connections are refused for as long as it lasts. Another
// process could take a port that was only closed. This port is held by one end of a connection, and
// nothing listens on it.
type Address struct {
	near, far net.Conn
}

// New returns a new address.
func New() (*Address, error) {
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
	return &Address{near, far}, nil
}

// String returns the host and port.
func (a *Address) String() string { return a.near.LocalAddr().String() }

// Close frees the address.
func (a *Address) Close() {
	_ = a.near.Close()
	_ = a.far.Close()
}
