// Package sasl is the exchange by which clients of a server of records
// authenticate (format, "Authentication"): lines of text, each with a letter and
// what it carries in base64, and in them the mechanisms PLAIN (RFC 4616) and
// CRAM-MD5 (RFC 2195). Neither encrypts what follows.
//
// No error and no message to the other side holds a password.
package sasl

import (
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The mechanisms.
const (
	Plain   = "PLAIN"
	CRAMMD5 = "CRAM-MD5"
)

// Mechanisms are those that there are, the better one first.
var Mechanisms = []string{CRAMMD5, Plain}

// The letters that lines begin with.
const (
	serverData = 'S'
	clientData = 'C'
	success    = 'D'
	failure    = 'E'
)

// Limits of what the other side may send.
const (
	maxLine  = 4096 // bytes, with the newline
	maxToken = 1024 // bytes of a name or password
)

// Error numbers that the real library has for what goes wrong.
const (
	noMechanism = -4
	badProtocol = -5
	badAuth     = -13
)

// Message is a line of the exchange.
type Message struct {
	Kind byte   // its first letter
	Data []byte // what it carries
	Code string // of a failure
}

// errLong is a line that does not end.
var errLong = fmt.Errorf("a line of more than %d bytes", maxLine)

// readLine reads up to a newline, and nothing behind it: what follows the
// exchange is not text.
func readLine(r io.Reader) (string, error) {
	line := make([]byte, 0, 128)
	var one [1]byte
	for len(line) < maxLine {
		if _, err := io.ReadFull(r, one[:]); err != nil {
			return "", err
		}
		if one[0] == '\n' {
			return string(line), nil
		}
		line = append(line, one[0])
	}
	return "", errLong
}

// Parse reads a line without its newline. Errors do not quote it: it may hold a
// password.
func Parse(line string) (Message, error) {
	line = strings.TrimSuffix(line, "\r")
	if line == "" {
		return Message{}, errors.New("an empty line")
	}
	m := Message{Kind: line[0]}
	switch m.Kind {
	case serverData, clientData, success, failure:
	case 'N':
		return m, nil
	default:
		return m, fmt.Errorf("a line that begins with %q", m.Kind)
	}
	text, ok := strings.CutPrefix(line[1:], ":")
	if !ok {
		return m, fmt.Errorf("no colon behind %q", m.Kind)
	}
	text = strings.TrimSpace(text)
	if m.Kind == failure {
		if m.Code, text, ok = strings.Cut(strings.TrimPrefix(text, "["), "]"); !ok {
			return m, errors.New("a failure without a code")
		}
		text = strings.TrimSpace(text)
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return m, fmt.Errorf("no base64 behind %q", m.Kind)
	}
	m.Data = data
	return m, nil
}

// receive reads a line and parses it.
func receive(r io.Reader) (Message, error) {
	line, err := readLine(r)
	if err != nil {
		return Message{}, err
	}
	return Parse(line)
}

// send writes a line.
func send(w io.Writer, kind byte, data []byte) error {
	_, err := io.WriteString(w, string(kind)+": "+base64.StdEncoding.EncodeToString(data)+"\n")
	return err
}

// parseList reads the list of mechanisms, such as "{CRAM-MD5, PLAIN}".
func parseList(data []byte) []string {
	text := strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(string(data)), "{"), "}")
	return strings.FieldsFunc(strings.ToUpper(text), func(r rune) bool { return r == ',' || r == ' ' })
}

func formatList(mechanisms []string) []byte {
	return []byte("{" + strings.Join(mechanisms, ", ") + "}")
}
