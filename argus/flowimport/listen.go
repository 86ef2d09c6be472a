package flowimport

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"time"
)

// receiveBuffer is what the system is asked to hold while records are made.
const receiveBuffer = 4 << 20

// maxDatagram is the most that UDP carries.
const maxDatagram = 65535

// Listen takes datagrams of exporters from the network: at a UDP port of one
// address ("192.0.2.1:9995", "[::1]:2055"), or of all (":9995", "9995"). The
// context ends the stream with its error.
func Listen(ctx context.Context, address string, cfg Config) (*Source, error) {
	if !strings.Contains(address, ":") {
		address = ":" + address
	}
	at, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		return nil, fmt.Errorf("flowimport: listen at %s: %w", address, err)
	}
	if at.Port == 0 && !strings.HasSuffix(address, ":0") {
		return nil, fmt.Errorf("flowimport: listen at %s: want [host]:port", address)
	}
	conn, err := net.ListenUDP("udp", at)
	if err != nil {
		return nil, fmt.Errorf("flowimport: listen at %s: %w", address, err)
	}
	_ = conn.SetReadBuffer(receiveBuffer) // the system may allow less; what it loses sequence numbers tell
	s := newSource(ctx, conn.LocalAddr().String(), &listener{conn: conn, buf: make([]byte, maxDatagram)}, cfg)
	s.buf = s.begin(nil, &Datagram{}) // without waiting for exporters
	s.rest = s.buf
	return s, nil
}

// Addr is where a source of [Listen] listens; the zero value for one of a file.
func (s *Source) Addr() netip.AddrPort {
	l, ok := s.in.(*listener)
	if !ok {
		return netip.AddrPort{}
	}
	return l.conn.LocalAddr().(*net.UDPAddr).AddrPort()
}

type listener struct {
	conn *net.UDPConn
	buf  []byte
}

func (l *listener) next() (Datagram, error) {
	n, from, err := l.conn.ReadFromUDPAddrPort(l.buf)
	if err != nil {
		return Datagram{}, err
	}
	return Datagram{From: from.Addr(), Time: time.Now().UnixNano(), Data: l.buf[:n]}, nil
}

func (l *listener) Close() error { return l.conn.Close() }

func (l *listener) release() {}
