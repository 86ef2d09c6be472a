package filter

import (
	"strconv"
	"strings"
)

// AppendText appends nothing: the empty text is the filter that passes everything.
func (*Everything) AppendText(dst []byte) []byte { return dst }

// AppendText appends "(a and b)".
func (n *And) AppendText(dst []byte) []byte { return appendTerms(dst, n.Terms, " and ") }

// AppendText appends "(a or b)".
func (n *Or) AppendText(dst []byte) []byte { return appendTerms(dst, n.Terms, " or ") }

func appendTerms(dst []byte, terms []Node, joint string) []byte {
	dst = append(dst, '(')
	for i, t := range terms {
		if i > 0 {
			dst = append(dst, joint...)
		}
		dst = t.AppendText(dst)
	}
	return append(dst, ')')
}

// AppendText appends "not a".
func (n *Not) AppendText(dst []byte) []byte {
	return n.X.AppendText(append(dst, "not "...))
}

// AppendText appends the word, with its protocol if it has one.
func (n *Word) AppendText(dst []byte) []byte {
	return appendWords(dst, n.Protocol, n.Name)
}

// AppendText appends the flag with its qualifiers.
func (n *Flag) AppendText(dst []byte) []byte {
	return appendWords(dst, n.Head.Protocol, n.Head.Direction.String(), n.Name)
}

func (h Head) appendText(dst []byte) []byte {
	return appendWords(dst, h.Protocol, h.Direction.String(), h.Kind)
}

// appendWords appends the words that are not empty.
func appendWords(dst []byte, words ...string) []byte {
	first := true
	for _, w := range words {
		if w == "" {
			continue
		}
		if !first {
			dst = append(dst, ' ')
		}
		dst, first = append(dst, w...), false
	}
	return dst
}

// AppendText appends head, relation unless it is plain equality, and operand.
func (n *Test) AppendText(dst []byte) []byte {
	dst = append(n.Head.appendText(dst), ' ')
	if _, arithmetic := n.Operand.(*Constant); n.Relation != Equal || !arithmetic {
		dst = append(append(dst, n.Relation.String()...), ' ')
	}
	return n.Operand.AppendText(dst)
}

// AppendText appends "head in {elements}" or "head in file "name"".
func (n *Member) AppendText(dst []byte) []byte {
	if n.Attribute != nil {
		dst = n.Attribute.AppendText(dst)
	} else {
		dst = n.Head.appendText(dst)
	}
	dst = append(dst, " in "...)
	if n.Set.IsFile {
		return appendQuoted(append(dst, "file "...), n.Set.File)
	}
	dst = append(dst, '{')
	for i, e := range n.Set.Elements {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = e.First.AppendText(dst)
		if e.Last != nil {
			dst = e.Last.AppendText(append(dst, " - "...))
		}
	}
	return append(dst, '}')
}

// AppendText appends "value relation value".
func (n *Compare) AppendText(dst []byte) []byte {
	dst = append(n.X.AppendText(dst), ' ')
	dst = append(append(dst, n.Relation.String()...), ' ')
	return n.Y.AppendText(dst)
}

// AppendText appends the attribute, the operator and the quoted pattern.
func (n *Search) AppendText(dst []byte) []byte {
	dst = n.Attribute.AppendText(dst)
	if n.Negated {
		dst = append(dst, " !~ "...)
	} else {
		dst = append(dst, " ~ "...)
	}
	dst = append(dst, '"')
	dst = append(dst, strings.ReplaceAll(n.Pattern, `"`, `\"`)...)
	return append(dst, '"')
}

// AppendText appends the constant as it is written in a filter.
func (c *Constant) AppendText(dst []byte) []byte {
	switch {
	case c.Kind == TokenString:
		dst = appendQuoted(dst, c.Text)
	case c.Kind == TokenName && needsEscape(c.Text):
		dst = append(append(dst, '\\'), c.Text...)
	default:
		dst = append(dst, c.Text...)
	}
	switch {
	case c.Suffix == "":
		return dst
	case c.Mask:
		return append(append(dst, " mask "...), c.Suffix...)
	case c.Kind == TokenUUID:
		return appendQuoted(append(dst, '/'), c.Suffix)
	}
	return append(append(dst, '/'), c.Suffix...)
}

// AppendText appends the name, with a backslash where a keyword has it.
func (a *Attribute) AppendText(dst []byte) []byte {
	if _, _, keyword := lookupKeyword(a.Name); keyword || reservedAttributes[a.Name] || needsEscape(a.Name) {
		dst = append(dst, '\\')
	}
	return append(dst, a.Name...)
}

// AppendText appends the operation in parentheses.
func (b *Binary) AppendText(dst []byte) []byte {
	dst = b.X.AppendText(append(dst, '('))
	dst = append(append(append(dst, ' '), b.Operator...), ' ')
	return append(b.Y.AppendText(dst), ')')
}

func appendQuoted(dst []byte, s string) []byte {
	return append(append(append(dst, '"'), s...), '"')
}

// needsEscape reports whether a name would be read as something else.
func needsEscape(name string) bool {
	if name == "" {
		return false
	}
	if _, _, keyword := lookupKeyword(name); keyword {
		return true
	}
	if scanName(name) != len(name) || nameKind(name) != TokenName {
		return true
	}
	_, relation := relationSynonyms[strings.ToLower(name)]
	return relation || strings.EqualFold(name, "in")
}

func appendInt(dst []byte, v uint64) []byte { return strconv.AppendUint(dst, v, 10) }
