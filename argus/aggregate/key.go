package aggregate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// DefaultKey is the key of an empty string: the flow, as its sensor saw it.
const DefaultKey = "srcid proto saddr sport daddr dport"

// Key says which records belong together: those that have equal values in all
// its fields. A record that lacks a value belongs with those that lack it too.
//
// The text of a key is words separated by blanks or commas. A word is the name
// of an attribute of the registry; addresses may have a prefix length or a mask:
// "saddr/24", "daddr/255.255.0.0", "saddr/ffff::". There are these besides:
//
//	none       no key: no record belongs with another
//	all        all records belong together
//	matrix     saddr and daddr without regard to direction, also matrix/24
//	macmatrix  smac and dmac, likewise
//	addr       every address, as source and as destination; also addr/24
//	mac        every Ethernet address
//	port       every port, with its protocol
//
// sport and dport bring proto with them. If the first word begins with "+" or
// "-" the words change the default key: "-sport +smac".
type Key struct {
	words  []string // as given, without masks
	fields []field
	none   bool
	matrix matrix
	rmon   bool // records count for both of their ends

	srcMask, dstMask mask
	has              keyed
}

// keyed says which parts of the flow key are in a Key.
type keyed struct{ src, dst, srcPort, dstPort, proto bool }

// matrix says by what the direction of a record is settled before grouping.
type matrix uint8

const (
	noMatrix matrix = iota
	addressMatrix
	macMatrix
)

// ParseKey reads the text of a key. Unknown names are errors that name similar
// ones. A nil registry is the built-in one.
func ParseKey(text string, reg *record.Registry) (*Key, error) {
	if reg == nil {
		reg = record.Attributes()
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
	if len(words) == 0 {
		words = strings.Fields(DefaultKey)
	}
	words, err := editDefault(words)
	if err != nil {
		return nil, err
	}
	k := new(Key)
	for _, w := range words {
		if err := k.add(w, reg); err != nil {
			return nil, err
		}
	}
	if k.none && len(k.fields) > 0 {
		return nil, fmt.Errorf("aggregate: key %q: none stands alone", text)
	}
	return k, nil
}

// MustKey is ParseKey for constants: it panics on errors.
func MustKey(text string) *Key {
	k, err := ParseKey(text, nil)
	if err != nil {
		panic(err)
	}
	return k
}

// editDefault applies words with signs to the default key.
func editDefault(words []string) ([]string, error) {
	if words[0][0] != '+' && words[0][0] != '-' {
		return words, nil
	}
	out := strings.Fields(DefaultKey)
	for _, w := range words {
		name := w[1:]
		switch w[0] {
		case '+':
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		case '-':
			i := slices.Index(out, name)
			if i < 0 {
				return nil, fmt.Errorf("aggregate: key word %q: the key has no %s to remove", w, name)
			}
			out = slices.Delete(out, i, i+1)
		default:
			return nil, fmt.Errorf("aggregate: key word %q among words with signs: want + or - before it", w)
		}
	}
	if len(out) == 0 {
		out = []string{"none"}
	}
	return out, nil
}

func (k *Key) add(word string, reg *record.Registry) error {
	name, maskText, masked := strings.Cut(strings.ToLower(word), "/")
	name = strings.TrimSuffix(name, "[0]") // the outermost of MPLS labels
	var m mask
	if masked {
		var err error
		if m, err = parseMask(maskText); err != nil {
			return fmt.Errorf("aggregate: key word %q: %w", word, err)
		}
	}
	if sub, ok := compound[name]; ok {
		if masked && name != "matrix" && name != "addr" {
			return fmt.Errorf("aggregate: key word %q: %s has no mask", word, name)
		}
		return k.addCompound(name, sub, m)
	}
	f, err := newField(name, m, reg)
	if err != nil {
		return fmt.Errorf("aggregate: key word %q: %w", word, err)
	}
	if masked && !f.address {
		return fmt.Errorf("aggregate: key word %q: %s has no mask, only addresses have", word, f.name)
	}
	k.words = append(k.words, f.name)
	k.addField(f, m)
	return nil
}

// addField adds a field once, and the protocol with a port.
func (k *Key) addField(f field, m mask) {
	if slices.ContainsFunc(k.fields, func(g field) bool { return g.name == f.name }) {
		return
	}
	k.fields = append(k.fields, f)
	switch f.name {
	case "saddr":
		k.has.src, k.srcMask = true, m
	case "daddr":
		k.has.dst, k.dstMask = true, m
	case "proto":
		k.has.proto = true
	case "sport", "dport":
		k.has.srcPort = k.has.srcPort || f.name == "sport"
		k.has.dstPort = k.has.dstPort || f.name == "dport"
		if !k.has.proto {
			k.addField(builtin["proto"](mask{}), mask{})
		}
	}
}

// compound are the words that stand for several fields or for a mode.
var compound = map[string][]string{
	"none":      nil,
	"all":       nil,
	"matrix":    {"saddr", "daddr"},
	"macmatrix": {"smac", "dmac"},
	"addr":      {"saddr"},
	"mac":       {"smac"},
	"port":      {"proto", "sport"},
}

func (k *Key) addCompound(name string, fields []string, m mask) error {
	switch name {
	case "none":
		k.none = true
	case "matrix":
		k.matrix = addressMatrix
	case "macmatrix":
		k.matrix = macMatrix
	case "addr", "mac", "port":
		k.rmon = true
	}
	for _, f := range fields {
		fm := m
		if f != "saddr" && f != "daddr" {
			fm = mask{}
		}
		nf, err := newField(f, fm, record.Attributes())
		if err != nil {
			return err
		}
		k.addField(nf, fm)
	}
	return nil
}

// Words are the names of the single attributes that the key was made of, in
// order, without masks; words such as matrix and all are left out.
func (k *Key) Words() []string { return k.words }

// BothEnds reports whether the key has both addresses: only then is a record
// that was seen the other way round told from one of another flow.
func (k *Key) BothEnds() bool { return k.has.src && k.has.dst }

// Append appends the value of the key for a record: equal values are equal
// bytes.
func (k *Key) Append(dst []byte, r *record.Record) []byte {
	for i := range k.fields {
		dst = k.fields[i].get(dst, r)
	}
	return dst
}

// appendOther appends the value that the key would have if the record were
// turned round.
func (k *Key) appendOther(dst []byte, r *record.Record) []byte {
	for i := range k.fields {
		dst = k.fields[i].other(dst, r)
	}
	return dst
}
