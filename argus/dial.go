package argus

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/internal/sasl"
	"github.com/seed-6ae541b3/goargus/record"
)

// DefaultPort is the port at which servers of records listen.
const DefaultPort = "561"

const (
	answerWithin = 10 * time.Second
	beforeStart  = 100 * time.Millisecond // servers take two commands in one segment for one
)

// RemoteFilter asks a server for the records that pass a filter, which the
// server compiles: an error of Open if it can not. It is of no use for files.
func RemoteFilter(expr string) OpenOption {
	return func(c *OpenConfig) { c.remote = expr }
}

// ErrFilter is the error of a server that does not understand a filter.
var ErrFilter = errors.New("the server does not understand the filter")

// Login is how a client authenticates to a server that asks for it (SASL).
type Login struct {
	User     string // who authenticates
	As       string // whose rights are asked for; empty is those of User
	Password string

	// Mechanism is "CRAM-MD5" or "PLAIN"; empty is CRAM-MD5. PLAIN must be asked
	// for, because it sends the password as it is. Neither encrypts records.
	Mechanism string
}

// Mechanisms are the names that a login's Mechanism may have, and a server's.
func Mechanisms() []string { return slices.Clone(sasl.Mechanisms) }

// Authenticate is the login for a server that asks for one. Others are not told
// of it.
func Authenticate(l Login) OpenOption {
	return func(c *OpenConfig) { c.login = l }
}

// ErrLogin is the error of a server that wants a login and does not get one that
// it accepts.
var ErrLogin = sasl.ErrLogin

// ConnectWithin is the time that a server has to take a connection and greet; 0
// is ten seconds.
func ConnectWithin(d time.Duration) OpenOption {
	return func(c *OpenConfig) { c.within = d }
}

// Poll asks a server for nothing but its START record: a test of whether it is
// there.
func Poll(c *OpenConfig) { c.poll = true }

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

// openServer opens a server. A user in its name is for Authenticate, and not
// quoted: there may be a password.
func openServer(ctx context.Context, address string, cfg OpenConfig) (*Source, error) {
	name := "argus://" + address[strings.LastIndexByte(address, '@')+1:]
	if strings.Contains(address, "@") {
		return nil, fmt.Errorf("argus: open %s: want a server without a user: that is for Authenticate", name)
	}
	conn, err := dial(ctx, address, &cfg)
	if err != nil {
		return nil, fmt.Errorf("argus: open %s: %w", name, err)
	}
	return newSource(ctx, name, conn, cfg), nil
}

// dial asks a server for its records (format, "Network protocol"). What it
// returns reads as a stream.
func dial(ctx context.Context, address string, cfg *OpenConfig) (io.ReadCloser, error) {
	within := cfg.within
	if within == 0 {
		within = answerWithin
	}
	d := net.Dialer{Timeout: within}
	conn, err := d.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	start, err := greet(conn, cfg, within)
	if err != nil {
		conn.Close()
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fmt.Errorf("%s: %w", address, err)
	}
	var in io.Reader = bytes.NewReader(start)
	if !cfg.poll {
		in = io.MultiReader(in, conn)
	}
	return &connection{Conn: conn, in: in}, nil
}

// greet takes the START record, authenticates, sends the filter and starts the
// stream.
func greet(conn net.Conn, cfg *OpenConfig, within time.Duration) ([]byte, error) {
	if err := conn.SetDeadline(time.Now().Add(within)); err != nil {
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
	if binary.BigEndian.Uint32(start[4:])&record.StatusSASL != 0 {
		l := sasl.Login(cfg.login)
		if err := l.Authenticate(conn); err != nil {
			return nil, err
		}
	}
	if cfg.poll {
		return start, conn.SetDeadline(time.Time{})
	}
	if cfg.remote != "" {
		if err := sendFilter(conn, cfg.remote); err != nil {
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
