package filter

import (
	"bytes"
	"math"
	"sync"

	"github.com/seed-6ae541b3/goargus/internal/names"
	"github.com/seed-6ae541b3/goargus/record"
)

// comparisonKind says what is compared with what.
type comparisonKind uint8

const (
	compareNumber    comparisonKind = iota // an attribute with number, to six decimals
	compareInteger                         // an attribute with integer
	compareTime                            // a time with start (inclusive) and end (exclusive)
	compareAddress                         // an address with net or mac
	compareText                            // the text of an attribute with text
	compareAddresses                       // an address with that of other
	compareTexts                           // the text of an attribute with that of other
	compareFormulas                        // left with right, to six decimals
	compareRange                           // an attribute between number and upper, to six decimals
)

// comparison is a test of attributes of the registry.
type comparison struct {
	kind          comparisonKind
	relation      Relation
	orZero        bool // an attribute that is absent counts as 0
	attr, other   *record.Attribute
	integer       int64
	number, upper float64
	start, end    int64
	net           network
	mac           macPrefix
	text          string
	left, right   *formula
}

// match tests a record. What is absent fails, whatever the relation.
func (c *comparison) match(r *record.Record) bool {
	switch c.kind {
	case compareNumber:
		v, ok := c.attr.Float64(r)
		return (ok || c.orZero) && relates(micro(v), c.relation, c.number)
	case compareInteger:
		v, ok := c.attr.Int64(r)
		return ok && relates(v, c.relation, c.integer)
	case compareRange:
		v, ok := c.attr.Float64(r)
		v = micro(v)
		return ok && c.number <= v && v <= c.upper
	case compareTime:
		v, ok := c.attr.Int64(r)
		return ok && c.relatesTime(v)
	case compareAddress:
		e, ok := c.attr.Endpoint(r)
		return ok && c.contains(&e) == (c.relation == Equal)
	case compareAddresses:
		x, ok := c.attr.Endpoint(r)
		y, other := c.other.Endpoint(r)
		return ok && other && (x == y) == (c.relation == Equal)
	case compareFormulas:
		x, ok := c.left.value(r)
		y, other := c.right.value(r)
		return ok && other && relates(micro(x), c.relation, micro(y))
	}
	return c.matchText(r)
}

// relates compares two numbers. NaN relates to nothing but by neq.
func relates[T int64 | float64](x T, r Relation, y T) bool {
	switch r {
	case Equal:
		return x == y
	case NotEqual:
		return x != y
	case Less:
		return x < y
	case LessOrEqual:
		return x <= y
	case Greater:
		return x > y
	}
	return x >= y
}

// relatesTime compares a time with a span of time: before, within or after it.
func (c *comparison) relatesTime(v int64) bool {
	switch c.relation {
	case Equal:
		return c.start <= v && v < c.end
	case NotEqual:
		return v < c.start || c.end <= v
	case Less:
		return v < c.start
	case LessOrEqual:
		return v < c.end
	case Greater:
		return v >= c.end
	}
	return v >= c.start
}

// contains reports whether an address is the one, or in the network, compared with.
func (c *comparison) contains(e *record.Endpoint) bool {
	if c.mac.bytes > 0 {
		return e.Family() == record.Ethernet && bytes.Equal(e.Bytes()[:c.mac.bytes], c.mac.mac[:c.mac.bytes])
	}
	return c.net.contains(e)
}

// scratch is room for the text of attributes.
type scratch struct {
	a, b    []byte
	options record.TextOptions
}

var scratches = sync.Pool{New: func() any {
	return &scratch{options: record.TextOptions{Names: &record.Names{
		Proto:     func(p record.Proto) string { return names.Protocol(uint8(p)) },
		EtherType: names.EtherType,
	}}}
}}

func (c *comparison) matchText(r *record.Record) bool {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.a = trimText(c.attr.AppendText(s.a[:0], r, &s.options))
	if len(s.a) == 0 {
		return false
	}
	equal := false
	if c.kind == compareText {
		equal = string(s.a) == c.text
	} else {
		s.b = trimText(c.other.AppendText(s.b[:0], r, &s.options))
		if len(s.b) == 0 {
			return false
		}
		equal = bytes.Equal(s.a, s.b)
	}
	return equal == (c.relation == Equal)
}

// trimText takes off the blanks that columns are filled with.
func trimText(b []byte) []byte { return bytes.TrimSpace(b) }

// formula is arithmetic as steps for a stack.
type formula struct {
	steps []step
	attrs []*record.Attribute
}

// step puts a value on the stack, or replaces the two on top by one.
type step struct {
	operator stepKind
	number   float64
	attr     *record.Attribute
}

type stepKind uint8

const (
	stepConstant stepKind = iota
	stepAttribute
	stepAdd
	stepSubtract
	stepMultiply
	stepDivide
	stepAnd
	stepOr
	stepLeft
	stepRight
)

// formulaDepth is how many values may wait on the stack.
const formulaDepth = 16

func stepOf(operator string) stepKind {
	return map[string]stepKind{"+": stepAdd, "-": stepSubtract, "*": stepMultiply, "/": stepDivide,
		"&": stepAnd, "|": stepOr, "<<": stepLeft, ">>": stepRight}[operator]
}

// value computes the formula. It reports false if an attribute is absent or a
// divisor is zero.
func (f *formula) value(r *record.Record) (float64, bool) {
	var stack [formulaDepth + 1]float64
	n := 0
	for i := range f.steps {
		s := &f.steps[i]
		switch s.operator {
		case stepConstant:
			stack[n] = s.number
			n++
			continue
		case stepAttribute:
			v, ok := s.attr.Float64(r)
			if !ok {
				return 0, false
			}
			stack[n] = v
			n++
			continue
		}
		n--
		v, ok := s.operator.apply(stack[n-1], stack[n])
		if !ok {
			return 0, false
		}
		stack[n-1] = v
	}
	return stack[0], true
}

func (k stepKind) apply(x, y float64) (float64, bool) {
	switch k {
	case stepAdd:
		return x + y, true
	case stepSubtract:
		return x - y, true
	case stepMultiply:
		return x * y, true
	case stepDivide:
		return x / y, y != 0
	}
	a, b := integral(x), integral(y)
	switch k {
	case stepAnd:
		return float64(a & b), true
	case stepOr:
		return float64(a | b), true
	case stepLeft:
		return float64(shifted(a, b)), true
	}
	return float64(shifted(a, -b)), true
}

// integral cuts a number to an integer of 64 bits.
func integral(x float64) int64 {
	switch {
	case x != x:
		return 0
	case x >= math.MaxInt64:
		return math.MaxInt64
	case x <= math.MinInt64:
		return math.MinInt64
	}
	return int64(x)
}

// shifted shifts left by n bits, to the right if n is negative.
func shifted(v, n int64) int64 {
	switch {
	case n >= 64, n <= -64:
		return 0
	case n >= 0:
		return v << n
	}
	return v >> -n
}
