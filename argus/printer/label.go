package printer

import (
	"bytes"
	"encoding/json"
)

// appendLabel appends a label as a JSON object: one that is an object already
// as it is, a list of object=value joined by colons as members. A list of
// values becomes an array, text that is a number a number. What is neither
// becomes a string.
func appendLabel(dst, text []byte) []byte {
	text = bytes.TrimRight(text, " ")
	switch {
	case len(text) == 0:
		return dst
	case text[0] == '{' && json.Valid(text) && !bytes.ContainsAny(text, "\r\n"):
		return append(dst, text...)
	case bytes.IndexByte(text, '=') < 0:
		return appendQuoted(dst, text)
	}
	dst = append(dst, '{')
	first := true
	for len(text) > 0 {
		part, rest, _ := bytes.Cut(text, []byte{':'})
		text = rest
		name, value, ok := bytes.Cut(part, []byte{'='})
		if !ok {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(appendQuoted(dst, name), ':')
		dst = appendValues(dst, value)
	}
	return append(dst, '}')
}

func appendValues(dst, value []byte) []byte {
	if bytes.IndexByte(value, ',') < 0 {
		return appendValue(dst, value)
	}
	dst = append(dst, '[')
	for i := 0; ; i++ {
		v, rest, more := bytes.Cut(value, []byte{','})
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendValue(dst, v)
		if !more {
			return append(dst, ']')
		}
		value = rest
	}
}

func appendValue(dst, v []byte) []byte {
	if isNumber(v) {
		return append(dst, v...)
	}
	return appendQuoted(dst, v)
}

func appendQuoted(dst, text []byte) []byte {
	dst = append(dst, '"')
	at := len(dst)
	return append(escape(append(dst, text...), at), '"')
}
