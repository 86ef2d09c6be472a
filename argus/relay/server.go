package relay

import (
	"errors"
	"fmt"
	"net"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/filter"
	"github.com/seed-6ae541b3/goargus/internal/sasl"
	"github.com/seed-6ae541b3/goargus/record"
)

// DefaultMaxClients is how many clients are served at once.
const DefaultMaxClients = 10

// Config says what a Server does.
type Config struct {
	Address    string         // "host:port" to listen at; no host is all
	MaxClients int            // 0 is DefaultMaxClients
	QueueSize  int            // bytes that wait for a slow client; 0 is argus.DefaultQueueSize
	Version    record.Version // of what is sent; 0 is that of each record

	// Password, if set, makes clients authenticate (SASL) and is asked for the
	// password of a user; false is a user that there is not. Any number of
	// goroutines call it. Mechanisms are those that are offered; nil is CRAM-MD5
	// alone. PLAIN must be named, since it sends passwords as they are. What is sent
	// is not encrypted in any case.
	Password   func(user string) (password string, ok bool)
	Mechanisms []string

	// OnClient is told of clients that come (nil) and go, and why. nil is nobody.
	OnClient func(addr string, gone error)
}

// ErrDone is why a client went that said so.
var ErrDone = errors.New("done")

// Server hands records to all clients that have asked for them. It is an
// [argus.Writer] that never waits: behind it each client has a queue of its own,
// whose management records say what was dropped for it.
type Server struct {
	cfg      Config
	listener net.Listener
	ready    chan struct{} // closed when there is a START record
	ending   chan struct{} // closed by Close
	running  sync.WaitGroup

	mu      sync.Mutex
	start   *record.Record // what each stream begins with
	clients map[*client]bool
	closed  bool
}

// Listen opens the port and serves it.
func Listen(cfg Config) (*Server, error) {
	if cfg.MaxClients == 0 {
		cfg.MaxClients = DefaultMaxClients
	}
	if cfg.Mechanisms == nil {
		cfg.Mechanisms = []string{sasl.CRAMMD5}
	}
	for _, m := range cfg.Mechanisms {
		if !slices.Contains(sasl.Mechanisms, m) {
			return nil, fmt.Errorf("relay: mechanism %q: want %s", m, strings.Join(sasl.Mechanisms, " or "))
		}
	}
	l, err := net.Listen("tcp", cfg.Address)
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, listener: l, ready: make(chan struct{}), ending: make(chan struct{}), clients: map[*client]bool{}}
	s.running.Go(s.accept)
	return s, nil
}

// Addr is where the server listens.
func (s *Server) Addr() net.Addr { return s.listener.Addr() }

func (s *Server) accept() {
	for {
		conn, err := s.listener.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil: // too many open files, perhaps
			time.Sleep(100 * time.Millisecond)
			continue
		}
		c := &client{server: s, conn: conn}
		if !s.admit(c) {
			conn.SetDeadline(time.Now().Add(time.Second))
			conn.Write(refusal(s.cfg.Version)) // whoever does not read it is not served either
			conn.Close()
			continue
		}
		s.running.Go(c.serve)
	}
}

// refusal is the error record of one word for a client too many.
func refusal(v record.Version) []byte {
	const limitExceeded = 2
	if v == 0 {
		v = record.Version5
	}
	b := record.AppendHeader(nil, record.Management, v, record.Error)
	b[1] |= limitExceeded
	record.PutLength(b)
	return b
}

// admit counts a client in, unless there are too many.
func (s *Server) admit(c *client) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed || len(s.clients) >= s.cfg.MaxClients {
		return false
	}
	s.clients[c] = true
	return true
}

func (s *Server) dismiss(c *client) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.clients, c)
}

// Write hands a record to the clients. A START record is what clients that come
// from now on are greeted with.
func (s *Server) Write(rec *record.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return os.ErrClosed
	}
	if rec.Kind() == record.Management && rec.Cause() == record.Start {
		if s.start == nil {
			close(s.ready)
		}
		s.start = rec.Clone()
		return nil
	}
	for c := range s.clients {
		if c.queue == nil || c.only != nil && !c.only.Match(rec) {
			continue
		}
		if err := c.queue.Write(rec); err != nil && !errors.Is(err, os.ErrClosed) {
			return err
		}
	}
	return nil
}

// Flush does nothing: clients get records as fast as they take them.
func (s *Server) Flush() error { return nil }

// Close sends clients what still waits for them, if they take it soon, and ends.
func (s *Server) Close() error {
	s.mu.Lock()
	if !s.closed {
		close(s.ending)
	}
	s.closed = true
	all := make([]*client, 0, len(s.clients))
	for c := range s.clients {
		all = append(all, c)
	}
	s.mu.Unlock()
	err := s.listener.Close()
	for _, c := range all {
		go c.end()
	}
	s.running.Wait()
	return err
}

// join starts the stream of a client.
func (s *Server) join(c *client, only *filter.Program) error {
	q, err := argus.NewQueue(argus.QueueConfig{
		Size:    s.cfg.QueueSize,
		Open:    c.open,
		OnError: func(error) { c.conn.Close() }, // which ends its serve
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c.queue, c.only = q, only
	return nil
}

// greeting is the START record in the version that is sent.
func (s *Server) greeting() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.cfg.Version
	if v == 0 {
		v = s.start.Version()
	}
	if s.cfg.Password == nil {
		return s.start.AppendTo(nil, v)
	}
	start := s.start.Clone()
	m := *start.Management()
	m.Status |= record.StatusSASL
	start.SetManagement(m)
	return start.AppendTo(nil, v)
}
