package zeek

import (
	"errors"
	"fmt"
)

// ErrOtherLog is the error, wrapped in a [*ParseError], of a log that is not a
// conn log.
var ErrOtherLog = errors.New("not a conn log")

// ParseError tells what is wrong with a line of a log, and where.
type ParseError struct {
	Line   int64  // counts from 1, header lines included
	Column int    // byte within the line, counts from 1; 0 if it is about the whole line
	Field  string // name of the column, or empty
	Err    error  // what was expected and what was found

	fatal bool // what follows cannot be understood either
}

func (e *ParseError) Error() string {
	switch {
	case e.Field != "":
		return fmt.Sprintf("line %d, column %d: %s: %v", e.Line, e.Column, e.Field, e.Err)
	case e.Column > 0:
		return fmt.Sprintf("line %d, column %d: %v", e.Line, e.Column, e.Err)
	}
	return fmt.Sprintf("line %d: %v", e.Line, e.Err)
}

// Unwrap returns what was expected and what was found.
func (e *ParseError) Unwrap() error { return e.Err }

// bad makes the error of a value; Line is filled in by the reader.
func bad(column int, field string, format string, args ...any) *ParseError {
	return &ParseError{Column: column, Field: field, Err: fmt.Errorf(format, args...)}
}

// quoted prints a value of the input in an error, shortened.
func quoted(v []byte) string {
	const most = 40
	if len(v) > most {
		return fmt.Sprintf("%.40q...", v)
	}
	return fmt.Sprintf("%q", v)
}

// fatal makes the error of a line without which the rest means nothing.
func fatal(format string, args ...any) *ParseError {
	return &ParseError{Err: fmt.Errorf(format, args...), fatal: true}
}
