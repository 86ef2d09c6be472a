package filter

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-6ae541b3/goargus/internal/names"
)

// resolution is what the checker found a constant to mean.
type resolution struct {
	number  uint64  // integers; the lower end of a range
	upper   uint64  // the upper end of a range of ports
	isRange bool    // of ports
	decimal float64 // floats
	net     network // addresses
	mac     macPrefix
	id      sourceID
}

// Pseudo numbers of protocols above UDP, as filters of old know them.
const (
	pseudoRTP  = 257
	pseudoRTCP = 258
	pseudoUDT  = 259
)

var pseudoProtocols = map[string]uint64{"rtp": pseudoRTP, "rtcp": pseudoRTCP, "udt": pseudoUDT}

// service finds the ports of a service, 0 for a protocol that has none.
func (c *checker) service(name string) (ports [2]uint16, ok bool) {
	if c.Service != nil {
		tcp, udp, ok := c.Service(name)
		return [2]uint16{tcp, udp}, ok
	}
	p, ok := names.Service(name)
	return [2]uint16{p.TCP, p.UDP}, ok
}

// port checks a port number, a range of ports or the name of a service.
func (c *checker) port(t *Test, k *Constant) (Node, error) {
	switch {
	case k.Kind == TokenNumber:
		v, err := c.portNumber(k, k.Text, 0)
		if err != nil {
			return nil, err
		}
		return t.with(resolvedNumber(k.Span, v)), nil
	case k.Kind == TokenName && isDigit(k.Text[0]) && strings.Contains(k.Text, "-"):
		return c.portRange(t, k)
	case k.Kind == TokenName || k.Kind == TokenString:
		return c.portName(t, k)
	}
	return nil, c.fail(TypeMismatch, k.Span, fmt.Sprintf("%q is not a port", clip(k.Text)), "0-65535", "service")
}

func (c *checker) portNumber(k *Constant, text string, offset int) (uint64, error) {
	v, ok := parseInteger(text)
	if !ok || v > 0xFFFF {
		at := Span{Offset: k.Offset + offset, Length: len(text)}
		return 0, c.fail(BadNumber, at, fmt.Sprintf("%q is not a port", clip(text)), "0-65535")
	}
	return v, nil
}

func (c *checker) portRange(t *Test, k *Constant) (Node, error) {
	a, b, _ := strings.Cut(k.Text, "-")
	if !isPortNumber(a) || !isPortNumber(b) {
		if _, ok := c.service(k.Text); ok {
			return c.portName(t, k)
		}
		return nil, c.fail(BadNumber, k.Span, "a range of ports is two decimal numbers", "0-65535")
	}
	if t.Relation != Equal && t.Relation != NotEqual {
		return nil, c.fail(TypeMismatch, k.Span, "nothing is greater or less than a range", "port")
	}
	lower, err := c.portNumber(k, a, 0)
	if err != nil {
		return nil, err
	}
	upper, err := c.portNumber(k, b, len(a)+1)
	if err != nil {
		return nil, err
	}
	if upper < lower {
		return nil, c.fail(BadNumber, k.Span, "the range ends before it begins")
	}
	text := fmt.Sprintf("%d-%d", lower, upper)
	return t.with(&Constant{Span: k.Span, Kind: TokenName, Text: text,
		resolved: resolution{number: lower, upper: upper, isRange: true}}), nil
}

func isPortNumber(s string) bool { return s != "" && count(s, isDigit) == len(s) }

// portName resolves a service. One that exists for TCP or UDP alone limits the
// test to that protocol.
func (c *checker) portName(t *Test, k *Constant) (Node, error) {
	ports, ok := c.service(k.Text)
	if !ok {
		err := c.fail(UnknownName, k.Span, fmt.Sprintf("no service is called %q", clip(k.Text)), "service", "0-65535")
		return nil, near(err, k.Text, names.Services())
	}
	if t.Relation != Equal && t.Relation != NotEqual {
		return nil, c.fail(TypeMismatch, k.Span, "a service is not greater or less than a port", "0-65535")
	}
	side := 1
	switch t.Head.Protocol {
	case "tcp":
		side = 0
	case "":
		return c.servicePorts(t, k, ports)
	}
	if ports[side] == 0 {
		only := []string{"udp", "tcp"}[side]
		return nil, c.fail(BadQualifier, k.Span, fmt.Sprintf("the service %q is %s only", clip(k.Text), only), only)
	}
	return t.with(resolvedNumber(k.Span, uint64(ports[side]))), nil
}

// servicePorts makes the test for a service without a protocol before it.
func (c *checker) servicePorts(t *Test, k *Constant, ports [2]uint16) (Node, error) {
	if ports[0] == ports[1] {
		return t.with(resolvedNumber(k.Span, uint64(ports[0]))), nil
	}
	var terms []Node
	for i, protocol := range []string{"tcp", "udp"} {
		if ports[i] != 0 {
			one := *t
			one.Head.Protocol = protocol
			terms = append(terms, one.with(resolvedNumber(k.Span, uint64(ports[i]))))
		}
	}
	if len(terms) == 1 {
		return terms[0], nil
	}
	return &Or{Span: t.Span, Terms: terms}, nil
}

// protocol checks what follows "proto".
func (c *checker) protocol(t *Test, k *Constant) (Node, error) {
	limit := uint64(0xFF)
	if t.Head.Protocol == "ether" {
		limit = 0xFFFF
	}
	switch k.Kind {
	case TokenNumber:
		v, err := c.number(k, noScale)
		if err != nil {
			return nil, err
		}
		pseudo := limit == 0xFF && v >= pseudoRTP && v <= pseudoUDT
		if v > limit && !pseudo {
			return nil, c.fail(BadNumber, k.Span, fmt.Sprintf("%d is not the number of a protocol", v), fmt.Sprintf("0-%d", limit))
		}
		return t.with(resolvedNumber(k.Span, v)), nil
	case TokenName, TokenString:
		if limit == 0xFFFF {
			return c.etherType(t, k)
		}
		n, ok := names.ProtocolNumber(k.Text)
		v := uint64(n)
		if !ok {
			v, ok = pseudoProtocols[strings.ToLower(k.Text)]
		}
		if !ok {
			err := c.fail(UnknownName, k.Span, fmt.Sprintf("no protocol is called %q", clip(k.Text)), "protocol", "0-255")
			return nil, near(err, k.Text, names.Protocols())
		}
		return t.with(resolvedNumber(k.Span, v)), nil
	}
	return nil, c.fail(TypeMismatch, k.Span, fmt.Sprintf("%q is not a protocol", clip(k.Text)), "integer", "name of a protocol")
}

func (c *checker) etherType(t *Test, k *Constant) (Node, error) {
	v, ok := names.EtherTypeNumber(k.Text)
	if !ok {
		err := c.fail(UnknownName, k.Span, fmt.Sprintf("no Ethernet type is called %q", clip(k.Text)), "Ethernet type")
		return nil, near(err, k.Text, names.EtherTypes())
	}
	return t.with(resolvedNumber(k.Span, uint64(v))), nil
}

// codePoint checks a differentiated services code point, by number or name.
func (c *checker) codePoint(t *Test, k *Constant) (Node, error) {
	if k.Kind == TokenNumber {
		return c.integer(t, headInfo{}, k)
	}
	if k.Kind != TokenName && k.Kind != TokenString {
		return nil, c.fail(TypeMismatch, k.Span, fmt.Sprintf("%q is not a code point", clip(k.Text)), "integer", "code point")
	}
	table := codePoints
	if c.DISA {
		table = disaCodePoints
	}
	name := strings.ToLower(k.Text)
	for _, p := range table {
		if strings.HasPrefix(p.name, name) {
			return t.with(resolvedNumber(k.Span, p.value)), nil
		}
	}
	err := c.fail(UnknownName, k.Span, fmt.Sprintf("no code point is called %q", clip(k.Text)), "code point")
	return nil, near(err, name, func(yield func(string) bool) {
		for _, p := range table {
			if !yield(p.name) {
				return
			}
		}
	})
}

// country checks a country code: two letters, whose case matters.
func (c *checker) country(t *Test, k *Constant) (Node, error) {
	if k.Kind != TokenName && k.Kind != TokenString {
		return nil, c.fail(TypeMismatch, k.Span, fmt.Sprintf("%q is not a country code", clip(k.Text)), "country code")
	}
	if len(k.Text) != 2 {
		return nil, c.fail(BadNumber, k.Span, fmt.Sprintf("%q is not a country code", clip(k.Text)), "two letters")
	}
	v := uint64(k.Text[0])<<8 | uint64(k.Text[1])
	return t.with(&Constant{Span: k.Span, Kind: TokenString, Text: k.Text, resolved: resolution{number: v}}), nil
}

// asn checks the number of an autonomous system: plain, or a.b for 65536*a+b.
func (c *checker) asn(t *Test, k *Constant) (Node, error) {
	if k.Kind != TokenFloat {
		v, err := c.number(k, noScale)
		if err == nil && v > 0xFFFFFFFF {
			err = c.fail(BadNumber, k.Span, fmt.Sprintf("%d is not the number of an autonomous system", v), "0-4294967295")
		}
		if err != nil {
			return nil, err
		}
		return t.with(resolvedNumber(k.Span, v)), nil
	}
	high, low, _ := strings.Cut(k.Text, ".")
	a, okA := parseDecimal(high)
	b, okB := parseDecimal(low)
	if !okA || !okB || a > 0xFFFF || b > 0xFFFF {
		return nil, c.fail(BadNumber, k.Span, fmt.Sprintf("%q is not the number of an autonomous system", clip(k.Text)), "0.0-65535.65535")
	}
	return t.with(resolvedNumber(k.Span, a<<16|b)), nil
}

// parseDecimal reads decimal digits; an empty text is 0.
func parseDecimal(s string) (uint64, bool) {
	s = strings.TrimLeft(strings.TrimPrefix(s, "+"), "0")
	if s == "" {
		return 0, true
	}
	return parseInteger(s)
}

// class checks a class of Ethernet addresses.
func (c *checker) class(t *Test, k *Constant) (Node, error) {
	if k.Kind != TokenName && k.Kind != TokenString {
		return nil, c.fail(TypeMismatch, k.Span, fmt.Sprintf("%q is not a class of addresses", clip(k.Text)), "class")
	}
	name := strings.ToLower(k.Text)
	i := slices.IndexFunc(macClasses, func(m macClass) bool { return strings.HasPrefix(m.name, name) })
	if i < 0 || name == "" {
		err := c.fail(UnknownName, k.Span, fmt.Sprintf("no class of Ethernet addresses is called %q", clip(k.Text)), "class")
		return nil, near(err, name, func(yield func(string) bool) {
			for _, m := range macClasses {
				if !yield(m.name) {
					return
				}
			}
		})
	}
	t.Head.Protocol = ""
	return t.with(&Constant{Span: k.Span, Kind: TokenName, Text: macClasses[i].name, resolved: resolution{number: uint64(i)}}), nil
}
