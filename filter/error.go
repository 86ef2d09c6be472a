package filter

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Code classifies an error in a filter.
type Code string

// The codes of errors.
const (
	UnexpectedToken    Code = "unexpected-token"    // the grammar allows no such token here
	UnexpectedEnd      Code = "unexpected-end"      // the text ends too early
	IllegalCharacter   Code = "illegal-character"   // a character without a meaning
	UnterminatedString Code = "unterminated-string" // a quote is missing
	BadNumber          Code = "bad-number"          // a number out of range or of a wrong form
	TypeMismatch       Code = "type-mismatch"       // a name for a number, a fraction for an integer, ...
	BadAddress         Code = "bad-address"         // not an address, or a prefix length out of range
	UnknownName        Code = "unknown-name"        // a host, port, protocol or other name that nobody knows
	BadQualifier       Code = "bad-qualifier"       // qualifiers that do not go together
	NoQualifier        Code = "no-qualifier"        // an operand without a word that says what it is
	NotSupported       Code = "not-supported"       // known, but without a meaning for records
	TooComplex         Code = "too-complex"         // longer or deeper than the limits
	BadTime            Code = "bad-time"            // not a time
	BadPattern         Code = "bad-pattern"         // not a regular expression
)

// Error is an error in a filter or time range: what is wrong, where, and what
// was expected. Every error that depends on the text alone is of this type.
type Error struct {
	Span            // the offending piece of the text; of length 0 at its end
	Code     Code   // what kind of error
	Message  string // one sentence, without the position
	Expected []string
	Near     string // what may have been meant, or ""
	Text     string // the whole text
	Err      error  // the cause, of a resolver or file, or nil
}

// Token is the offending piece of the text, "" at its end.
func (e *Error) Token() string {
	if e.Offset > len(e.Text) || e.End() > len(e.Text) {
		return ""
	}
	return e.Text[e.Offset:e.End()]
}

// Line returns the number of the offending line, from 1, the column in
// characters, from 1, and the line itself.
func (e *Error) Line() (line, column int, text string) {
	offset := min(e.Offset, len(e.Text))
	start := strings.LastIndexByte(e.Text[:offset], '\n') + 1
	line = strings.Count(e.Text[:start], "\n") + 1
	text, _, _ = strings.Cut(e.Text[start:], "\n")
	return line, utf8.RuneCountInString(e.Text[start:offset]) + 1, text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Error returns the message in one line, then the offending line of the text
// with a caret below the place.
func (e *Error) Error() string {
	line, column, text := e.Line()
	var b strings.Builder
	if line > 1 || strings.Contains(e.Text, "\n") {
		fmt.Fprintf(&b, "line %d, ", line)
	}
	fmt.Fprintf(&b, "column %d: %s", column, e.Message)
	if len(e.Expected) > 0 {
		fmt.Fprintf(&b, "; expected %s", strings.Join(e.Expected, ", "))
	}
	if e.Near != "" {
		fmt.Fprintf(&b, "; did you mean %q?", e.Near)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	before, marked, after := excerpt(text, column-1, utf8.RuneCountInString(e.Token()))
	fmt.Fprintf(&b, "\n  %s%s%s\n  %s^%s", before, marked, after, pad(before), strings.Repeat("~", max(0, utf8.RuneCountInString(marked)-1)))
	return b.String()
}

// Limits of the excerpt in an error message, in characters.
const (
	excerptBefore = 60
	excerptMarked = 40
	excerptAfter  = 20
)

// excerpt cuts the line around the place, so that the message of a long filter
// stays short; at and length count characters.
func excerpt(line string, at, length int) (before, marked, after string) {
	runes := []rune(strings.ReplaceAll(line, "\t", " "))
	at = min(at, len(runes))
	end := min(at+length, len(runes))
	before, marked, after = string(runes[:at]), string(runes[at:end]), string(runes[end:])
	if at > excerptBefore {
		before = "..." + string(runes[at-excerptBefore:at])
	}
	if end-at > excerptMarked {
		marked = string(runes[at:at+excerptMarked]) + "..."
		return before, marked, ""
	}
	if len(runes)-end > excerptAfter {
		after = string(runes[end:end+excerptAfter]) + "..."
	}
	return before, marked, after
}

func pad(s string) string { return strings.Repeat(" ", utf8.RuneCountInString(s)) }

// nearest returns the candidate that differs from word by one or two slips of
// the finger (a letter missing, added, changed, or two swapped), or "".
func nearest(word string, candidates func(yield func(string) bool)) string {
	word = strings.ToLower(word)
	if len(word) < 2 || len(word) > 24 {
		return ""
	}
	best, bestDistance := "", 1+len(word)/4
	if len(word) == 2 {
		bestDistance = 1
	}
	for c := range candidates {
		if d := editDistance(word, c, bestDistance); d < bestDistance || d == bestDistance && (best == "" || c < best) {
			best, bestDistance = c, d
		}
	}
	return best
}

// editDistance counts the slips between two words: insertions, deletions,
// changes and swaps of neighbours. Above limit it returns limit+1.
func editDistance(a, b string, limit int) int {
	if max(len(a)-len(b), len(b)-len(a)) > limit || len(b) > 32 {
		return limit + 1
	}
	var rows [3][34]int
	for j := range len(b) + 1 {
		rows[1][j] = j
	}
	for i := 1; i <= len(a); i++ {
		last2, last, row := &rows[(i+2)%3], &rows[i%3], &rows[(i+1)%3]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], last2[j-2]+1)
			}
		}
	}
	return min(rows[(len(a)+1)%3][len(b)], limit+1)
}
