package sasl

import (
	"crypto/hmac"
	"crypto/md5" // the mechanism is made of it
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Login is what a client says of itself.
type Login struct {
	User      string // who authenticates
	As        string // whose rights are asked for; empty is those of User
	Password  string
	Mechanism string // empty is CRAM-MD5
}

// ErrLogin is the error of a login that a server does not accept, or would not.
var ErrLogin = errors.New("the server wants a login (SASL)")

// unfit is an ErrLogin that says more.
func unfit(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrLogin}, args...)...)
}

// Check looks for what no exchange can carry.
func (l *Login) Check() error {
	switch {
	case l.User == "":
		return unfit("name a user")
	case l.Password == "":
		return unfit("name the password of user %q", l.User)
	case l.Mechanism != "" && !slices.Contains(Mechanisms, l.Mechanism):
		return unfit("mechanism %q: want %s", l.Mechanism, strings.Join(Mechanisms, " or "))
	case len(l.User) > maxToken || len(l.As) > maxToken || len(l.Password) > maxToken:
		return unfit("user or password of more than %d bytes", maxToken)
	case strings.ContainsRune(l.User+l.As+l.Password, 0):
		return unfit("user or password with a byte of zero")
	case l.As != "" && l.As != l.User && l.Mechanism != Plain:
		return unfit("user %q as %q: only PLAIN tells both", l.User, l.As)
	}
	return nil
}

// Authenticate is the client's side. It reads nothing behind the exchange.
func (l *Login) Authenticate(conn io.ReadWriter) error {
	if err := l.Check(); err != nil {
		return err
	}
	m, err := l.expect(conn)
	if err != nil {
		return err
	}
	mechanism, err := l.choose(parseList(m.Data))
	if err != nil {
		return err
	}
	if err := send(conn, clientData, []byte(mechanism)); err != nil {
		return err
	}
	if mechanism == Plain {
		err = l.plain(conn)
	} else {
		err = l.cram(conn)
	}
	if err != nil {
		return err
	}
	m, err = receive(conn)
	switch {
	case err != nil:
		return protocolError(err)
	case m.Kind == failure:
		return denied(m)
	case m.Kind != success:
		return fmt.Errorf("SASL: found a line of kind %q, want the end of the exchange", m.Kind)
	}
	return nil
}

// choose takes a mechanism of the server's list. PLAIN, which shows the password
// to who listens and to who pretends to be the server, must be asked for.
func (l *Login) choose(offered []string) (string, error) {
	want := l.Mechanism
	if want == "" {
		want = CRAMMD5
	}
	if slices.Contains(offered, want) {
		return want, nil
	}
	if l.Mechanism == "" && slices.Contains(offered, Plain) {
		return "", unfit("it offers PLAIN only, which sends the password as it is: ask for PLAIN to allow that")
	}
	return "", unfit("it does not offer %s but %.200q", want, offered)
}

func (l *Login) plain(conn io.ReadWriter) error {
	if err := send(conn, clientData, []byte("Y")); err != nil {
		return err
	}
	return send(conn, clientData, []byte(l.As+"\x00"+l.User+"\x00"+l.Password))
}

func (l *Login) cram(conn io.ReadWriter) error {
	if err := send(conn, clientData, []byte("N")); err != nil {
		return err
	}
	m, err := l.expect(conn)
	if err != nil {
		return err
	}
	return send(conn, clientData, []byte(l.User+" "+digest(l.Password, m.Data)))
}

// digest is the answer to a challenge.
func digest(password string, challenge []byte) string {
	mac := hmac.New(md5.New, []byte(password))
	mac.Write(challenge)
	return hex.EncodeToString(mac.Sum(nil))
}

// expect reads data of the server.
func (l *Login) expect(conn io.Reader) (Message, error) {
	m, err := receive(conn)
	switch {
	case err != nil:
		return m, protocolError(err)
	case m.Kind == failure:
		return m, denied(m)
	case m.Kind != serverData:
		return m, fmt.Errorf("SASL: found a line of kind %q, want data of the server", m.Kind)
	}
	return m, nil
}

func denied(m Message) error {
	return unfit("it does not accept user and password (error %.8q: %.100q)", m.Code, m.Data)
}

func protocolError(err error) error { return fmt.Errorf("SASL: %w", err) }
