package filter

import (
	"fmt"
	"slices"

	"github.com/seed-6ae541b3/goargus/record"
)

// reservedAttributes are attributes that filters of old refuse by their bare
// names; with a backslash they are attributes like all others.
var reservedAttributes = map[string]bool{"score": true, "tcprtt": true}

// registry is where attributes come from.
func (o Options) registry() *record.Registry {
	if o.Registry != nil {
		return o.Registry
	}
	return record.Attributes()
}

// find looks an attribute up by its name or, for a keyword, by the synonym
// that all spellings of the keyword share.
func (c *checker) find(a *Attribute) (*record.Attribute, bool) {
	if found, ok := c.registry().Lookup(a.Name); ok {
		return found, true
	}
	if k, _, ok := lookupKeyword(a.Name); ok {
		return c.registry().Lookup(k.text)
	}
	return nil, false
}

func (c *checker) hasAttribute(a *Attribute) bool {
	_, ok := c.find(a)
	return ok
}

// attribute checks an attribute and gives it its canonical name.
func (c *checker) attribute(a *Attribute) (*Attribute, *record.Attribute, error) {
	found, ok := c.find(a)
	if ok && (a.Escaped || !reservedAttributes[a.Name]) {
		return &Attribute{Span: a.Span, Name: found.Name, Escaped: a.Escaped}, found, nil
	}
	err := &Error{Code: NoQualifier, Span: a.Span, Text: c.text,
		Message: fmt.Sprintf("nothing says what %q is", clip(a.Name)), Expected: []string{"term"}}
	if ok {
		err.Near = `\` + a.Name
		return nil, nil, err
	}
	if near := c.registry().Suggest(a.Name); len(near) > 0 && !a.Escaped {
		err.Near = near[0]
	}
	return nil, nil, err
}

// isNumeric reports whether an attribute has a number.
func isNumeric(a *record.Attribute) bool {
	return (a.Int != nil || a.Float != nil) && a.Kind != record.AddressValue
}

// scaleOf is what suffixes go with an attribute.
func scaleOf(a *record.Attribute) scale {
	switch {
	case a.Kind == record.DurationValue, a.Unit == "s":
		return seconds
	case a.Unit == "ms":
		return milliseconds
	case a.Unit == "percent", a.Unit == "ratio", a.Unit == "degree":
		return noScale
	}
	return counts
}

// compare checks a comparison of values.
func (c *checker) compare(n *Compare) (Node, error) {
	x, y, relation := n.X, n.Y, n.Relation
	if isLiteral(x) || !isAttribute(x) && isAttribute(y) {
		x, y, relation = y, x, mirrored(relation)
	}
	a, ok := x.(*Attribute)
	if !ok {
		return c.arithmetic(n)
	}
	checked, attr, err := c.attribute(a)
	if err != nil {
		return nil, err
	}
	out := &Compare{Span: n.Span, X: checked, Relation: relation}
	if b, ok := y.(*Attribute); ok && !isNumeric(attr) {
		return c.attributes(out, attr, b)
	}
	k, ok := y.(*Constant)
	if !ok {
		if b, ok := y.(*Attribute); ok && !c.hasAttribute(b) {
			k = &Constant{Span: b.Span, Kind: TokenName, Text: c.text[b.Offset:b.End()]}
		} else {
			return c.arithmetic(&Compare{Span: n.Span, X: x, Relation: relation, Y: y})
		}
	}
	cmp, canonical, err := c.against(attr, relation, k)
	if err != nil {
		return nil, err
	}
	out.Y, out.resolved = canonical, cmp
	return out, nil
}

// isLiteral reports whether a value is a constant other than a number.
func isLiteral(v Value) bool {
	k, ok := v.(*Constant)
	return ok && k.Kind != TokenNumber && k.Kind != TokenFloat
}

func isAttribute(v Value) bool {
	_, ok := v.(*Attribute)
	return ok
}

// mirrored is the relation with its sides exchanged.
func mirrored(r Relation) Relation {
	switch r {
	case Less:
		return Greater
	case LessOrEqual:
		return GreaterOrEqual
	case Greater:
		return Less
	case GreaterOrEqual:
		return LessOrEqual
	}
	return r
}

// unordered refuses order where there is none.
func (c *checker) unordered(r Relation, at Span, what string) error {
	if r != Equal && r != NotEqual {
		return c.fail(TypeMismatch, at, what+" cannot be greater or less", "eq", "neq")
	}
	return nil
}

// attributes checks the comparison of an attribute that is no number with
// another attribute, or with a word.
func (c *checker) attributes(out *Compare, attr *record.Attribute, b *Attribute) (Node, error) {
	if !c.hasAttribute(b) || reservedAttributes[b.Name] && !b.Escaped {
		k := &Constant{Span: b.Span, Kind: TokenName, Text: c.text[b.Offset:b.End()]}
		cmp, canonical, err := c.against(attr, out.Relation, k)
		out.Y, out.resolved = canonical, cmp
		return out, err
	}
	checked, other, err := c.attribute(b)
	if err != nil {
		return nil, err
	}
	if err := c.unordered(out.Relation, b.Span, "words and addresses"); err != nil {
		return nil, err
	}
	out.Y = checked
	if attr.Kind == record.AddressValue && other.Kind == record.AddressValue {
		out.resolved = &comparison{kind: compareAddresses, attr: attr, other: other, relation: out.Relation}
		return out, nil
	}
	out.resolved = &comparison{kind: compareTexts, attr: attr, other: other, relation: out.Relation}
	return out, nil
}

// against checks the constant that an attribute is compared with.
func (c *checker) against(attr *record.Attribute, r Relation, k *Constant) (*comparison, *Constant, error) {
	switch {
	case attr.Kind == record.TimeValue:
		return c.againstTime(attr, r, k)
	case attr.Kind == record.AddressValue && k.Kind != TokenString:
		return c.againstAddress(attr, r, k)
	case attr.Kind == record.PortValue && (k.Kind == TokenName || k.Kind == TokenString):
		return c.againstService(attr, r, k)
	case isNumeric(attr) && k.Kind != TokenString:
		return c.againstNumber(attr, r, k)
	}
	if err := c.unordered(r, k.Span, "words"); err != nil {
		return nil, nil, err
	}
	canonical := &Constant{Span: k.Span, Kind: TokenString, Text: k.Text}
	return &comparison{kind: compareText, attr: attr, relation: r, text: k.Text}, canonical, nil
}

func (c *checker) againstNumber(attr *record.Attribute, r Relation, k *Constant) (*comparison, *Constant, error) {
	v, err := c.decimal(k, scaleOf(attr))
	if err != nil {
		return nil, nil, err
	}
	cmp := &comparison{kind: compareNumber, attr: attr, relation: r, number: micro(v)}
	if k.Kind == TokenNumber && attr.Int != nil && attr.Kind != record.DurationValue && k.Text[0] != '-' {
		n, err := c.number(k, noScale)
		if err != nil {
			return nil, nil, err
		}
		if n < 1<<63 {
			cmp.kind, cmp.integer = compareInteger, int64(n)
		}
		return cmp, resolvedNumber(k.Span, n), nil
	}
	return cmp, &Constant{Span: k.Span, Kind: TokenFloat, Text: formatFloat(v)}, nil
}

func (c *checker) againstTime(attr *record.Attribute, r Relation, k *Constant) (*comparison, *Constant, error) {
	cmp := &comparison{kind: compareTime, attr: attr, relation: r}
	if k.Kind == TokenString {
		start, end, err := c.moment(k)
		cmp.start, cmp.end = start, end
		return cmp, &Constant{Span: k.Span, Kind: TokenString, Text: k.Text}, err
	}
	v, err := c.decimal(k, noScale)
	if err != nil {
		return nil, nil, err
	}
	cmp.start = int64(micro(v)) * 1000
	cmp.end = cmp.start + 1
	return cmp, &Constant{Span: k.Span, Kind: TokenFloat, Text: formatFloat(v)}, nil
}

func (c *checker) againstService(attr *record.Attribute, r Relation, k *Constant) (*comparison, *Constant, error) {
	ports, ok := c.service(k.Text)
	if !ok {
		if k.Kind == TokenName && isDigit(k.Text[0]) {
			return c.againstNumber(attr, r, k)
		}
		return nil, nil, c.fail(UnknownName, k.Span, fmt.Sprintf("no service is called %q", clip(k.Text)), "service", "0-65535")
	}
	v := uint64(max(ports[0], ports[1]))
	return &comparison{kind: compareInteger, attr: attr, relation: r, integer: int64(v)}, resolvedNumber(k.Span, v), nil
}

// againstAddress checks the address, network or Ethernet address that an
// attribute is compared with.
func (c *checker) againstAddress(attr *record.Attribute, r Relation, k *Constant) (*comparison, *Constant, error) {
	if err := c.unordered(r, k.Span, "addresses"); err != nil {
		return nil, nil, err
	}
	protocol := ""
	if k.Kind == TokenMAC {
		protocol = "ether"
	}
	t := &Test{Span: k.Span, Head: Head{Span: k.Span, Kind: "net", Protocol: protocol}}
	n, err := c.address(t, k)
	if err != nil {
		return nil, nil, err
	}
	single, ok := n.(*Test)
	if !ok {
		return nil, nil, c.fail(BadAddress, k.Span, fmt.Sprintf("%q has several addresses", clip(k.Text)), "address")
	}
	canonical := single.Operand.(*Constant)
	return &comparison{kind: compareAddress, attr: attr, relation: r, net: canonical.resolved.net, mac: canonical.resolved.mac}, canonical, nil
}

// arithmetic checks a comparison of numbers.
func (c *checker) arithmetic(n *Compare) (Node, error) {
	s := c.commonScale(n.X, n.Y)
	x, err := c.value(n.X, s)
	if err != nil {
		return nil, err
	}
	y, err := c.value(n.Y, s)
	if err != nil {
		return nil, err
	}
	out := &Compare{Span: n.Span, X: x, Relation: n.Relation, Y: y}
	left, err := c.formula(x)
	if err != nil {
		return nil, err
	}
	right, err := c.formula(y)
	out.resolved = &comparison{kind: compareFormulas, relation: n.Relation, left: left, right: right}
	return out, err
}

// commonScale is the scale of the first attribute that has units of time or
// counts; its unit is that of the constants with suffixes.
func (c *checker) commonScale(values ...Value) scale {
	for _, v := range values {
		s := noScale
		switch v := v.(type) {
		case *Binary:
			s = c.commonScale(v.X, v.Y)
		case *Attribute:
			if attr, ok := c.find(v); ok {
				s = scaleOf(attr)
			}
		}
		if s != noScale {
			return s
		}
	}
	return noScale
}

// value checks one side of arithmetic and brings it to its canonical form.
func (c *checker) value(v Value, s scale) (Value, error) {
	switch v := v.(type) {
	case *Constant:
		if s == noScale && v.Kind == TokenName {
			s = counts
		}
		number, err := c.decimal(v, s)
		if err != nil {
			return nil, err
		}
		text := formatFloat(number)
		return &Constant{Span: v.Span, Kind: TokenFloat, Text: text, resolved: resolution{decimal: number}}, nil
	case *Attribute:
		checked, attr, err := c.attribute(v)
		if err == nil && !isNumeric(attr) {
			err = c.fail(TypeMismatch, v.Span, fmt.Sprintf("%q is not a number", clip(v.Name)), "number")
		}
		return checked, err
	}
	b := v.(*Binary)
	x, err := c.value(b.X, s)
	if err != nil {
		return nil, err
	}
	y, err := c.value(b.Y, s)
	return &Binary{Span: b.Span, Operator: b.Operator, X: x, Y: y}, err
}

// formula turns a checked value into steps for a stack.
func (c *checker) formula(v Value) (*formula, error) {
	f := &formula{}
	if err := c.steps(f, v, 1); err != nil {
		return nil, err
	}
	return f, nil
}

func (c *checker) steps(f *formula, v Value, depth int) error {
	if depth > formulaDepth {
		return c.fail(TooComplex, v.Source(), fmt.Sprintf("more than %d values wait for each other", formulaDepth))
	}
	switch v := v.(type) {
	case *Constant:
		f.steps = append(f.steps, step{operator: stepConstant, number: v.resolved.decimal})
	case *Attribute:
		attr, _ := c.find(v)
		f.steps = append(f.steps, step{operator: stepAttribute, attr: attr})
		if !slices.Contains(f.attrs, attr) {
			f.attrs = append(f.attrs, attr)
		}
	case *Binary:
		if err := c.steps(f, v.X, depth); err != nil {
			return err
		}
		if err := c.steps(f, v.Y, depth+1); err != nil {
			return err
		}
		f.steps = append(f.steps, step{operator: stepOf(v.Operator)})
	}
	return nil
}

// arithmeticTest turns a head that is compared with arithmetic into
// comparisons of the attributes of its sides.
func (c *checker) arithmeticTest(t *Test, info headInfo, v Value) (Node, error) {
	if info.operand != takesInteger && info.operand != takesFloat {
		return nil, c.fail(TypeMismatch, v.Source(), fmt.Sprintf("%q is not compared with arithmetic", t.Head.Kind))
	}
	src, dst := headAttributes(t.Head.Kind)
	one := func(name string) (Node, error) {
		return c.compare(&Compare{Span: t.Span, X: &Attribute{Span: t.Head.Span, Name: name, Escaped: true}, Relation: t.Relation, Y: v})
	}
	n, err := c.onSides(t.Head.Direction, info, func(d bool) (Node, error) { return one(pick(src, dst, d && dst != "")) })
	if err != nil || t.Head.Protocol == "" {
		return n, err
	}
	protocol := &Word{Span: t.Head.Span, Name: t.Head.Protocol, Class: ClassProtocol}
	return &And{Span: t.Span, Terms: []Node{protocol, n}}, nil
}

// onSides makes the nodes for the sides that a direction means.
func (c *checker) onSides(d Direction, info headInfo, on func(dst bool) (Node, error)) (Node, error) {
	if !info.sided || d == Source {
		return on(false)
	}
	if d == Destination {
		return on(true)
	}
	src, err := on(false)
	if err != nil {
		return nil, err
	}
	dst, err := on(true)
	if err != nil {
		return nil, err
	}
	span := src.Source().through(dst.Source())
	if d == Both || d == NoDirection && info.jointly {
		return &And{Span: span, Terms: []Node{src, dst}}, nil
	}
	return &Or{Span: span, Terms: []Node{src, dst}}, nil
}

// headAttributes are the attributes of the registry that a head stands for.
func headAttributes(kind string) (src, dst string) {
	if pair, ok := derivedHeads[kind]; ok {
		return pair[0], pair[1]
	}
	if f, ok := plainFields[kind]; ok {
		return fields[f].src, fields[f].dst
	}
	if f, ok := plainDecimals[kind]; ok {
		return decimals[f].src, decimals[f].dst
	}
	return kind, ""
}

// derivedHeads are the heads whose values are derived from others; the
// registry knows how.
var derivedHeads = map[string][2]string{
	"rate": {"srate", "drate"}, "load": {"sload", "dload"}, "loss": {"sloss", "dloss"},
	"ploss": {"sploss", "dploss"}, "gap": {"sgap", "dgap"}, "pcr": {"pcr", ""},
}
