package packetfilter

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error says where an expression is wrong and what is expected there.
type Error struct {
	Expr    string // the expression
	Offset  int    // byte in Expr
	Message string // what is wrong, and what is expected instead
}

// Error returns the message, and below it the expression around the place with
// a caret.
func (e *Error) Error() string {
	const margin = 60
	place := min(e.Offset, len(e.Expr))
	before := printable(e.Expr[max(0, place-margin):place])
	after := printable(e.Expr[place:min(len(e.Expr), place+margin)])
	return fmt.Sprintf("packet filter, column %d: %s\n  %s%s\n  %s^",
		e.Offset+1, e.Message, before, after, strings.Repeat(" ", utf8.RuneCountInString(before)))
}

// printable keeps one column for each character, whatever it is.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || r == utf8.RuneError {
			return '?'
		}
		return r
	}, s)
}
