package sasl

import (
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Server authenticates clients.
type Server struct {
	Mechanisms []string // that are offered; nil is all
	// Password is the password of a user, or false if there is no such user.
	Password func(user string) (string, bool)
}

// ErrFailed is the error of a client whose user or password is wrong.
var ErrFailed = errors.New("authentication failed")

// Authenticate is the server's side. It returns the user; a client that is not
// let in is told so. It reads nothing behind the exchange.
func (s *Server) Authenticate(conn io.ReadWriter) (user string, err error) {
	code := badProtocol
	user, err = s.exchange(conn)
	switch {
	case err == nil:
		return user, send(conn, success, nil)
	case errors.Is(err, ErrFailed):
		code = badAuth
	case errors.Is(err, errMechanism):
		code = noMechanism
	}
	text := base64.StdEncoding.EncodeToString([]byte("authentication failed"))
	_, _ = fmt.Fprintf(conn, "%c: [%d] %s\n", failure, code, text) // whoever does not read it is not let in either
	return "", err
}

var errMechanism = errors.New("a mechanism that is not offered")

func (s *Server) offered() []string {
	if s.Mechanisms != nil {
		return s.Mechanisms
	}
	return Mechanisms
}

func (s *Server) exchange(conn io.ReadWriter) (string, error) {
	if err := send(conn, serverData, formatList(s.offered())); err != nil {
		return "", err
	}
	mechanism, err := clientSays(conn)
	if err != nil {
		return "", err
	}
	if !slices.Contains(s.offered(), string(mechanism)) {
		return "", errMechanism
	}
	first, err := clientSays(conn)
	if err != nil {
		return "", err
	}
	initial := string(first) == "Y"
	switch {
	case !initial && string(first) != "N":
		return "", errors.New("SASL: want Y or N for an initial response")
	case string(mechanism) == Plain:
		return s.plain(conn, initial)
	case initial:
		return "", errors.New("SASL: CRAM-MD5 has no initial response")
	}
	return s.cram(conn)
}

// clientSays reads data of the client.
func clientSays(conn io.Reader) ([]byte, error) {
	m, err := receive(conn)
	switch {
	case err != nil:
		return nil, protocolError(err)
	case m.Kind == 'N':
		return nil, errors.New("SASL: the client refuses")
	case m.Kind != clientData:
		return nil, fmt.Errorf("SASL: found a line of kind %q, want data of the client", m.Kind)
	}
	return m.Data, nil
}

func (s *Server) plain(conn io.ReadWriter, initial bool) (string, error) {
	if !initial {
		if err := send(conn, serverData, nil); err != nil {
			return "", err
		}
	}
	data, err := clientSays(conn)
	if err != nil {
		return "", err
	}
	parts := bytes.Split(data, []byte{0})
	if len(parts) != 3 {
		return "", errors.New("SASL: want three parts in PLAIN")
	}
	as, user, given := string(parts[0]), string(parts[1]), parts[2]
	if len(user) > maxToken || len(given) > maxToken {
		return "", ErrFailed
	}
	password, known := s.password(user)
	// Sums of equal length, so that the time does not tell that of the password.
	a, b := sha256.Sum256(given), sha256.Sum256([]byte(password))
	same := subtle.ConstantTimeCompare(a[:], b[:]) == 1
	return user, verdict(known && same && (as == "" || as == user))
}

func (s *Server) cram(conn io.ReadWriter) (string, error) {
	challenge := []byte("<" + rand.Text() + "@argus>")
	if err := send(conn, serverData, challenge); err != nil {
		return "", err
	}
	data, err := clientSays(conn)
	if err != nil {
		return "", err
	}
	at := bytes.LastIndexByte(data, ' ')
	if at < 0 {
		return "", errors.New("SASL: want user and digest in CRAM-MD5")
	}
	user := string(data[:at])
	if len(user) > maxToken {
		return "", ErrFailed
	}
	password, known := s.password(user)
	same := hmac.Equal([]byte(strings.ToLower(string(data[at+1:]))), []byte(digest(password, challenge)))
	return user, verdict(known && same)
}

// password is that of a user, or one that no one knows, so that as much is done
// for users that there are not.
func (s *Server) password(user string) (string, bool) {
	if password, ok := s.Password(user); ok && password != "" {
		return password, true
	}
	return rand.Text(), false
}

func verdict(ok bool) error {
	if ok {
		return nil
	}
	return ErrFailed
}
