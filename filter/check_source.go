package filter

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// sourceID is what srcid, sid and node compare with.
type sourceID struct {
	kind   record.IDKind // IDIPv4, IDIPv6, IDString or IDUUID
	bytes  [16]byte
	text   string // IDString: an id or an interface
	inf    string // IDUUID: the interface, if one is asked for
	hasInf bool
}

// sourceID checks the operand of srcid, sid and node.
func (c *checker) sourceID(t *Test, info headInfo, k *Constant) (Node, error) {
	if info.operand == takesNode {
		return c.nodeName(t, k)
	}
	checked := &Constant{Span: k.Span, Kind: k.Kind, Text: k.Text}
	id := &checked.resolved.id
	switch k.Kind {
	case TokenIPv4:
		v, err := c.dotted(k.Span, k.Text)
		if err != nil {
			return nil, err
		}
		return t.with(sourceWord(k.Span, v)), c.noSuffix(k)
	case TokenNumber:
		if info.operand == takesUUID {
			break
		}
		v, err := c.number(k, noScale)
		if err == nil && v > 0xFFFFFFFF {
			err = c.fail(BadNumber, k.Span, "an id of four bytes is at most 4294967295", "integer")
		}
		return t.with(sourceWord(k.Span, uint32(v))), err
	case TokenIPv6:
		n, err := c.network(t, k)
		id.kind = record.IDIPv6
		id.bytes, checked.Text = n.base().As16(), n.base().String()
		return t.with(checked), err
	case TokenUUID:
		id.kind, id.bytes, checked.Text = record.IDUUID, parseUUID(k.Text), strings.ToLower(k.Text)
		checked.Suffix, id.inf, id.hasInf = k.Suffix, k.Suffix, k.At.Length > 0
		return t.with(checked), nil
	case TokenString:
		id.kind, id.text = record.IDString, k.Text
		return t.with(checked), nil
	case TokenName:
		return c.sourceName(t, k)
	}
	return nil, c.fail(TypeMismatch, k.Span, fmt.Sprintf("%q is not the id of a sensor", clip(k.Text)), "UUID", "address", "string")
}

// noSuffix refuses a prefix length where only whole values go.
func (c *checker) noSuffix(k *Constant) error {
	if k.Suffix != "" {
		return c.fail(BadQualifier, k.Span, "only networks have a prefix length or mask", "net")
	}
	return nil
}

// sourceWord is an id of four bytes.
func sourceWord(at Span, v uint32) *Constant {
	k := &Constant{Span: at, Kind: TokenIPv4, Text: addr4(v).String()}
	k.resolved.id.kind = record.IDIPv4
	binary.BigEndian.PutUint32(k.resolved.id.bytes[:], v)
	return k
}

// sourceName resolves a sensor that is given by its host name.
func (c *checker) sourceName(t *Test, k *Constant) (Node, error) {
	addrs, err := c.resolve(k)
	if err != nil {
		return nil, err
	}
	var terms []Node
	for _, a := range addrs {
		if a = a.Unmap(); a.Is4() {
			one, b := *t, a.As4()
			terms = append(terms, one.with(sourceWord(k.Span, binary.BigEndian.Uint32(b[:]))))
		}
	}
	switch len(terms) {
	case 0:
		return nil, c.unresolved(k, "IPv4 address", fmt.Errorf("the resolver found none"))
	case 1:
		return terms[0], nil
	}
	return &Or{Span: t.Span, Terms: terms}, nil
}

// nodeName looks up the alias of a sensor.
func (c *checker) nodeName(t *Test, k *Constant) (Node, error) {
	if k.Kind != TokenName && k.Kind != TokenString {
		return nil, c.fail(TypeMismatch, k.Span, fmt.Sprintf("%q is not the name of a node", clip(k.Text)), "name")
	}
	if c.Node == nil {
		return nil, c.unresolved(k, "node", nil)
	}
	uuid, err := c.Node(k.Text)
	if err == nil && !isUUID(uuid) {
		err = fmt.Errorf("its id %q is not a UUID", clip(uuid))
	}
	if err != nil {
		return nil, c.unresolved(k, "node", err)
	}
	t.Head.Kind = "srcid"
	return c.sourceID(t, headInfo{operand: takesSourceID}, &Constant{Span: k.Span, Kind: TokenUUID, Text: uuid})
}

// parseUUID reads the bytes of what isUUID accepts.
func parseUUID(s string) (b [16]byte) {
	i := 0
	for _, c := range []byte(s) {
		if c != '-' {
			b[i/2] = b[i/2]<<4 | hexValue(c)
			i++
		}
	}
	return b
}

// interfaceName checks the operand of inf.
func (c *checker) interfaceName(t *Test, k *Constant) (Node, error) {
	if k.Kind != TokenName && k.Kind != TokenString || k.Text == "" {
		return nil, c.fail(TypeMismatch, k.Span, fmt.Sprintf("%q is not the name of an interface", clip(k.Text)), "name")
	}
	checked := &Constant{Span: k.Span, Kind: TokenString, Text: k.Text}
	checked.resolved.id.text = k.Text
	return t.with(checked), nil
}
