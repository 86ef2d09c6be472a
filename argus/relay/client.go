package relay

import (
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/filter"
	"github.com/seed-6ae541b3/goargus/internal/sasl"
	"github.com/seed-6ae541b3/goargus/record"
)

const (
	startWithin        = 30 * time.Second // after which a client that has not asked for records is dismissed
	authenticateWithin = 10 * time.Second
	takeWithin         = 30 * time.Second // and one that takes none of what is sent
	endWithin          = 5 * time.Second  // at the end of the server
	maxCommand         = 4096
	sendSize           = 64 << 10
)

// client is a connection. The goroutine of serve reads it, that of its queue
// writes it.
type client struct {
	server *Server
	conn   net.Conn
	opened bool

	// Set with the lock of the server, once the client has asked for records.
	queue *argus.Queue
	only  *filter.Program // nil is all
}

// serve reads commands until the client goes.
func (c *client) serve() {
	if c.server.cfg.OnClient != nil {
		c.server.cfg.OnClient(c.conn.RemoteAddr().String(), nil)
	}
	err := c.commands()
	c.server.dismiss(c)
	if c.queue != nil {
		c.queue.Close() // sends what it can and closes the connection
	}
	c.conn.Close()
	if c.server.cfg.OnClient != nil {
		c.server.cfg.OnClient(c.conn.RemoteAddr().String(), err)
	}
}

// end makes serve end, once what waits is sent.
func (c *client) end() {
	c.conn.SetWriteDeadline(time.Now().Add(endWithin))
	c.conn.SetReadDeadline(time.Now())
}

// expect sets the time until which something must be read; zero is any. At the
// end of the server that is past.
func (c *client) expect(until time.Time) {
	c.server.mu.Lock()
	defer c.server.mu.Unlock()
	if c.server.closed {
		until = time.Now()
	}
	c.conn.SetReadDeadline(until)
}

func (c *client) commands() error {
	select {
	case <-c.server.ready:
	case <-c.server.ending:
		return net.ErrClosed
	case <-time.After(startWithin):
		return errors.New("there are no records")
	}
	hello, err := c.server.greeting()
	if err != nil {
		return err
	}
	if err := c.say(hello); err != nil {
		return err
	}
	if err := c.authenticate(); err != nil {
		return err
	}
	c.expect(time.Now().Add(startWithin))
	var only *filter.Program
	buf := make([]byte, maxCommand)
	for {
		n, err := c.conn.Read(buf)
		if err != nil {
			return err
		}
		text := strings.TrimRight(string(buf[:n]), "\x00\r\n")
		name, value, _ := strings.Cut(text, ":")
		value = strings.TrimSpace(value)
		switch {
		case name == "DONE":
			return ErrDone
		case name == "FILTER" && c.queue == nil:
			if only, err = filter.Compile(value); err != nil {
				return errors.Join(err, c.say([]byte("SY")))
			}
			err = c.say([]byte("OK"))
		case name == "GEN":
			err = c.say([]byte("OK"))
		case name == "START" && c.queue == nil:
			c.expect(time.Time{})
			err = c.server.join(c, only)
		case !isText(text):
			err = fmt.Errorf("no command: %.20q", text)
		}
		if err != nil {
			return err
		}
	}
}

// authenticate lets no client pass that does not know a password, if there are
// any.
func (c *client) authenticate() error {
	if c.server.cfg.Password == nil {
		return nil
	}
	c.expect(time.Now().Add(authenticateWithin))
	s := sasl.Server{Mechanisms: c.server.cfg.Mechanisms, Password: c.server.cfg.Password}
	_, err := s.Authenticate(c.conn)
	return err
}

func isText(s string) bool {
	for i := range len(s) {
		if s[i] < 0x20 || s[i] > 0x7E {
			return false
		}
	}
	return true
}

// say sends bytes at once.
func (c *client) say(b []byte) error {
	c.conn.SetWriteDeadline(time.Now().Add(takeWithin))
	_, err := c.conn.Write(b)
	return err
}

// open gives the queue its writer, once: a connection does not come back.
func (c *client) open() (argus.Writer, error) {
	if c.opened {
		return nil, net.ErrClosed
	}
	c.opened = true
	return &sender{conn: c.conn, version: c.server.cfg.Version}, nil
}

// sender writes records to a connection.
type sender struct {
	conn    net.Conn
	version record.Version
	buf     []byte
}

func (s *sender) Write(rec *record.Record) error {
	v := s.version
	if v == 0 {
		v = rec.Version()
	}
	var err error
	if s.buf, err = rec.AppendTo(s.buf, v); err == nil && len(s.buf) >= sendSize {
		err = s.Flush()
	}
	return err
}

func (s *sender) Flush() error {
	if len(s.buf) == 0 {
		return nil
	}
	s.conn.SetWriteDeadline(time.Now().Add(takeWithin))
	_, err := s.conn.Write(s.buf)
	s.buf = s.buf[:0]
	return err
}

func (s *sender) Close() error {
	s.conn.SetWriteDeadline(time.Now().Add(endWithin))
	_, err := s.conn.Write(s.buf)
	return errors.Join(err, s.conn.Close())
}
