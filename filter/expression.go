package filter

import "strings"

// Expressions are the filters that a user asks for, by where they apply. An
// empty one passes everything.
type Expressions struct {
	Local   string // what the program itself applies
	Remote  string // what it asks a server to apply
	Display string // what is shown, of all that was read
}

// FromWords makes expressions of the words after the options of a command
// line, those after a lone "-" or "--". A first word "local" keeps the filter
// from the server, "remote" sends it, as does none of these, and "display"
// makes it a filter of what is shown. The tests "local" and "remote" are meant
// where nothing follows, or "and" or "or".
func FromWords(words []string) Expressions {
	text := strings.TrimSpace(strings.Join(words, " "))
	first, rest, more := cutWord(text)
	if next, _, _ := cutWord(rest); !more || isJoint(next) {
		first = ""
	}
	switch first {
	case "local":
		return Expressions{Local: rest}
	case "display":
		return Expressions{Display: rest}
	case "remote":
		text = rest
	}
	return Expressions{Local: text, Remote: text}
}

// cutWord takes the first word off a text; more reports whether another follows.
func cutWord(text string) (first, rest string, more bool) {
	i := strings.IndexAny(text, " \t\n")
	if i < 0 {
		return text, "", false
	}
	rest = strings.TrimLeft(text[i:], " \t\n")
	return text[:i], rest, rest != ""
}

func isJoint(word string) bool {
	switch strings.ToLower(word) {
	case "and", "or", "&&", "||":
		return true
	}
	return false
}

// FromConfig makes an expression of the value of RA_FILTER in a resource file:
// quotes around it go, line ends become blanks.
func FromConfig(value string) string {
	value = strings.TrimSpace(value)
	if len(value) >= 2 && value[0] == '"' && value[len(value)-1] == '"' {
		value = value[1 : len(value)-1]
	}
	return strings.TrimSpace(strings.NewReplacer("\r\n", " ", "\n", " ", "\r", " ").Replace(value))
}
