// Package getopt splits a command line the way the Argus programs do: short
// options whose value may be attached, options that take every word up to the
// next option, long options for what is new, and a lone "-" before the filter
// expression.
package getopt

import (
	"fmt"
	"strings"
)

// Arity says how many words an option takes.
type Arity int

// The arities.
const (
	None    Arity = iota
	One           // one word, which may be attached: -S5, -S 5, --color=auto
	Many          // one word or more, up to a word that starts with "-"
	OneMore       // one word, and one more unless that starts with "-": -w FILE [FILTER]
)

// Option is one option as it was given. Name is without dashes.
type Option struct {
	Name   string
	Values []string
}

// Value is the first value, empty if the option takes none.
func (o Option) Value() string {
	if len(o.Values) == 0 {
		return ""
	}
	return o.Values[0]
}

// Parse splits args by a table of options. It returns the options in order and
// the words that follow them: those after a lone "-" or "--", or from the first
// word on that is no option.
func Parse(args []string, table map[string]Arity) (opts []Option, rest []string, err error) {
	p := parser{table: table, args: args}
	for len(p.args) > 0 {
		word := p.args[0]
		switch {
		case word == "-" || word == "--":
			return p.opts, p.args[1:], nil
		case strings.HasPrefix(word, "--"):
			err = p.long(word[2:])
		case strings.HasPrefix(word, "-"):
			err = p.short(word[1:])
		default:
			return p.opts, p.args, nil
		}
		if err != nil {
			return p.opts, nil, err
		}
	}
	return p.opts, nil, nil
}

type parser struct {
	table map[string]Arity
	args  []string
	opts  []Option
}

// short reads the options of one word: flags may be joined, and the last may
// have its value attached.
func (p *parser) short(word string) error {
	p.args = p.args[1:]
	for i, c := range word {
		name := string(c)
		arity, ok := p.table[name]
		if !ok {
			return fmt.Errorf("unknown option -%s", name)
		}
		if arity == None {
			p.opts = append(p.opts, Option{Name: name})
			continue
		}
		return p.values("-"+name, name, arity, word[i+len(name):])
	}
	return nil
}

func (p *parser) long(word string) error {
	p.args = p.args[1:]
	name, value, attached := strings.Cut(word, "=")
	arity, ok := p.table[name]
	switch {
	case !ok || len(name) < 2:
		return fmt.Errorf("unknown option --%s", name)
	case arity == None && attached:
		return fmt.Errorf("option --%s takes no value", name)
	case arity == None:
		p.opts = append(p.opts, Option{Name: name})
		return nil
	}
	return p.values("--"+name, name, arity, value)
}

func (p *parser) values(shown, name string, arity Arity, attached string) error {
	o := Option{Name: name}
	switch {
	case attached != "":
		o.Values = append(o.Values, attached)
	case len(p.args) > 0:
		o.Values = append(o.Values, p.args[0])
		p.args = p.args[1:]
	default:
		return fmt.Errorf("option %s needs a value", shown)
	}
	for len(p.args) > 0 && !strings.HasPrefix(p.args[0], "-") {
		if arity != Many && (arity != OneMore || len(o.Values) > 1) {
			break
		}
		o.Values = append(o.Values, p.args[0])
		p.args = p.args[1:]
	}
	p.opts = append(p.opts, o)
	return nil
}
