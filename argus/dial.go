package argus

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/record"
)

// DefaultPort is the port at which servers of records listen.
const DefaultPort = "561"

const (
	answerWithin = 10 * time.Second
	beforeStart  = 100 * time.Millisecond // servers take two commands in one segment for one
	wantsSASL    = 0x1000                 // in the status of a START record
)

// RemoteFilter asks a server for the records that pass a filter, which the
// server compiles: an error of Open if it can not. It is of no use for files.
func RemoteFilter(expr string) OpenOption {
	return func(c *OpenConfig) { c.remote = expr }
}

// ErrFilter is the error of a server that does not understand a filter.
var ErrFilter = errors.New("the server does not understand the filter")

// server is the address in a name such as "argus://host:561".
func server(name string) (address string, ok bool) {
	address, ok = strings.CutPrefix(name, "argus://")
	if !ok {
		address, ok = strings.CutPrefix(name, "argus-tcp://")
	}
	if !ok {
		return "", false
	}
	if _, _, err := net.SplitHostPort(address); err != nil {
		address = net.JoinHostPort(strings.Trim(address, "[]"), DefaultPort)
	}
	return address, true
}

// dial asks a server for its records (format, "Network protocol"). What it
// returns reads as a stream.
func dial(ctx context.Context, address, filter string) (io.ReadCloser, error) {
	d := net.Dialer{Timeout: answerWithin}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	start, err := greet(conn, filter)
	if err != nil {
		conn.Close()
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	return &connection{Conn: conn, in: io.MultiReader(bytes.NewReader(start), conn)}, nil
}

// greet takes the START record, sends the filter and starts the stream.
func greet(conn net.Conn, filter string) ([]byte, error) {
	if err := conn.SetDeadline(time.Now().Add(answerWithin)); err != nil {
		return nil, err
	}
	start := make([]byte, record.ManagementSize)
	if _, err := io.ReadFull(conn, start[:record.HeaderSize]); err != nil {
		return nil, err
	}
	if err := refused(start); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(conn, start[record.HeaderSize:]); err != nil {
		return nil, err
	}
	if binary.BigEndian.Uint32(start[4:])&wantsSASL != 0 {
		return nil, errors.New("the server wants authentication (SASL), which is not supported")
	}
	if filter != "" {
		if err := sendFilter(conn, filter); err != nil {
			return nil, err
		}
	}
	time.Sleep(beforeStart)
	if _, err := io.WriteString(conn, "START: "); err != nil {
		return nil, err
	}
	return start, conn.SetDeadline(time.Time{})
}

// refused looks at the header of the first record.
func refused(head []byte) error {
	switch {
	case head[0]&byte(record.Management) == 0:
		return fmt.Errorf("expected a START record, found % x", head)
	case record.Cause(head[1]&0xF0) != record.Error:
		return nil
	case head[1]&0x0F == 2:
		return errors.New("the server has too many clients")
	}
	return errors.New("the server denies access")
}

func sendFilter(conn net.Conn, filter string) error {
	if _, err := io.WriteString(conn, "FILTER: man or ("+filter+")"); err != nil {
		return err
	}
	var answer [2]byte
	if _, err := io.ReadFull(conn, answer[:]); err != nil {
		return err
	}
	switch string(answer[:]) {
	case "OK":
		return nil
	case "SY":
		return ErrFilter
	}
	return fmt.Errorf("%w: it answers %q", ErrFilter, answer)
}

// connection is a stream that a server sends.
type connection struct {
	net.Conn
	in io.Reader
}

func (c *connection) Read(b []byte) (int, error) { return c.in.Read(b) }

// Close takes leave.
func (c *connection) Close() error {
	if c.SetWriteDeadline(time.Now().Add(time.Second)) == nil {
		io.WriteString(c.Conn, "DONE: ") // a server that is gone needs none
	}
	return c.Conn.Close()
}
