package filter

import (
	"math"

	"github.com/seed-6ae541b3/goargus/record"
)

// cond is a condition on a record, the form between the syntax tree and the
// program: always, never, allOf, anyOf, negation or *test.
type cond interface{}

type (
	constant bool
	allOf    []cond
	anyOf    []cond
	negation struct{ x cond }
)

const (
	always constant = true
	never  constant = false
)

// opcode says how a test looks at a record.
type opcode uint8

const (
	opRange       opcode = iota // a field is in low...high
	opBits                      // a field has one of the bits low
	opMasked                    // a field under the mask low is high
	opRanges                    // a field is in ranges
	opPresent                   // a DSR (low) is present
	opKeyTypes                  // the type of the flow key is one of the bits keys
	opProto                     // the IP protocol is in low...high, keys as above
	opPort                      // a port of sides is in low...high, protocols in keys
	opPorts                     // a port of sides is in ranges, protocols in keys
	opIPv4                      // an address of one side under the mask high is low
	opIPv6                      // an IPv6 address of one side is in net
	opOuter                     // the same of the outer addresses of a tunnel
	opPrefixes                  // an address of one side is in prefixes
	opARPMAC                    // a hardware address of an ARP flow
	opSource                    // the id of the sensor
	opInterface                 // the name of the interface
	opDecimal                   // a decimal field, compared with number
	opCompare                   // a comparison of attributes of the registry
	opAttributeIn               // an address attribute is in a set
	opSearch                    // a regular expression
)

// Sides of a test of ports.
const (
	srcSide  = 1
	dstSide  = 2
	bothEnds = srcSide | dstSide
)

// Marks of protocols for tests of ports.
const (
	tcpPorts = 1
	udpPorts = 2
)

// test is one look at a record. It is comparable, so that equal tests are
// found. A test of what is absent is false, inverted or not.
type test struct {
	op        opcode
	field     field   // opRange, opBits, opMasked, opRanges
	decimal   decimal // opDecimal
	relation  Relation
	dst       bool  // the side of a field that has two
	sides     uint8 // opPort, opPorts
	invert    bool
	keys      uint16 // bits of flow key types, or of protocols
	low, high uint64
	number    float64
	ref       any // a pointer to what does not fit above
}

// is tests a field for one value.
func is(f field, dst bool, v uint64) cond { return within(f, dst, v, v) }

// within tests a field for a range.
func within(f field, dst bool, low, high uint64) cond {
	return &test{op: opRange, field: f, dst: dst, low: low, high: high}
}

// hasBit tests a field for one of some bits.
func hasBit(f field, dst bool, mask uint64) cond {
	return &test{op: opBits, field: f, dst: dst, low: mask}
}

func present(d record.DSR) cond { return &test{op: opPresent, field: fieldPresence, low: uint64(d)} }

func keyTypes(types ...record.KeyType) cond {
	return &test{op: opKeyTypes, field: fieldKeyType, keys: keyBits(types...)}
}

func keyBits(types ...record.KeyType) (bits uint16) {
	for _, t := range types {
		bits |= 1 << t
	}
	return bits
}

var ipKeys = keyBits(record.KeyIPv4, record.KeyIPv6)

func proto(p record.Proto) cond {
	return &test{op: opProto, field: fieldProto, keys: ipKeys, low: uint64(p), high: uint64(p)}
}

// bounds turns a relation to a number into a range; false if nothing is in it.
func bounds(r Relation, v uint64) (low, high uint64, invert, ok bool) {
	switch r {
	case Less:
		return 0, v - 1, false, v > 0
	case LessOrEqual:
		return 0, v, false, true
	case Greater:
		return v + 1, math.MaxUint64, false, v < math.MaxUint64
	case GreaterOrEqual:
		return v, math.MaxUint64, false, true
	}
	return v, v, r == NotEqual, true
}

// related tests a field by a relation.
func related(f field, dst bool, r Relation, v uint64) cond {
	low, high, invert, ok := bounds(r, v)
	if !ok {
		return never
	}
	return &test{op: opRange, field: f, dst: dst, low: low, high: high, invert: invert}
}

// sides applies a test to the sides that a direction means. Jointly says that
// no direction means both.
func sides(d Direction, jointly bool, on func(dst bool) cond) cond {
	switch {
	case d == Source:
		return on(false)
	case d == Destination:
		return on(true)
	case d == Both, d == NoDirection && jointly:
		return allOf{on(false), on(true)}
	}
	return anyOf{on(false), on(true)}
}
