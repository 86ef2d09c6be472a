package packetfilter

import (
	"errors"

	"github.com/seed-6ae541b3/goargus/capture"
)

// scratch is the number of memory words that a BPF program has.
const scratch = 16

// relation generates a comparison of two numbers. It holds only for packets
// that carry the protocols whose bytes it reads; a comparison turned round with
// != or < is no exception.
func (g *generator) relation(x *relation) (*cond, error) {
	left, err := g.number(x.left)
	if err != nil {
		return nil, err
	}
	right, err := g.number(x.right)
	if err != nil {
		return nil, err
	}
	code, k, err := g.binary(left, right, x.at)
	if err != nil {
		return nil, err
	}
	jump := map[string]uint16{"=": jumpEqual, "!=": jumpEqual, ">": jumpGreater, "<=": jumpGreater, ">=": jumpGreaterEqual, "<": jumpGreaterEqual}[x.operator]
	if right.constant == nil {
		jump |= sourceX
	}
	holds := &cond{test: test{code: code, jump: jump, k: k}}
	if left.constant != nil && right.constant != nil {
		holds = decided(jump, *left.constant, *right.constant)
	}
	switch x.operator {
	case "!=", "<", "<=":
		holds = not(holds)
	}
	return and(left.carried, right.carried, holds), nil
}

func decided(jump uint16, a, b uint32) *cond {
	if jump == jumpEqual && a == b || jump == jumpGreater && a > b || jump == jumpGreaterEqual && a >= b {
		return always
	}
	return never
}

// operand is a number as code that leaves it in the accumulator. The code
// becomes part of one other operand or test, which may append to it.
type operand struct {
	constant *uint32 // its value, if that is known; there is no code then
	code     []instruction
	words    int   // memory words that the code uses, from the first
	carried  *cond // what the packet must be
}

func known(v uint32) operand { return operand{constant: &v, carried: always} }

// load returns code that leaves the number in the accumulator, even if it is
// known.
func (o operand) load() []instruction {
	if o.constant != nil {
		return []instruction{{op: loadConstant, k: *o.constant}}
	}
	return o.code
}

// binary generates code that leaves left in the accumulator and right in the
// index register, or returns right as a constant.
func (g *generator) binary(left, right operand, at token) (code []instruction, k uint32, err error) {
	if right.constant != nil {
		return left.load(), *right.constant, nil
	}
	// What is computed first waits in a memory word that the other does not use.
	switch {
	case left.constant != nil:
		code = append(right.code, instruction{op: moveAX}, instruction{op: loadConstant, k: *left.constant})
	case left.words < scratch && left.words < right.words:
		word := uint32(left.words)
		code = append(right.code, instruction{op: store, k: word})
		code = append(append(code, left.code...), instruction{op: loadXMemory, k: word})
	case right.words < scratch:
		word := uint32(right.words)
		code = append(left.code, instruction{op: store, k: word})
		code = append(append(code, right.code...), instruction{op: moveAX}, instruction{op: loadMemory, k: word})
	default:
		err = g.fail(at, "the number is too complicated: its parts need more than %d words of memory", scratch)
	}
	return code, 0, err
}

// wordsOf is what binary needs for two operands.
func wordsOf(left, right operand) int {
	switch {
	case right.constant != nil:
		return left.words
	case left.constant != nil:
		return right.words
	case left.words < right.words:
		return max(right.words, left.words+1)
	}
	return max(left.words, right.words+1)
}

func (g *generator) number(n number) (operand, error) {
	switch n := n.(type) {
	case constant:
		return known(uint32(n)), nil
	case length:
		return operand{code: []instruction{{op: loadLength}}, carried: always}, nil
	case *minus:
		of, err := g.number(n.of)
		if err != nil {
			return of, err
		}
		if of.constant != nil {
			return known(-*of.constant), nil
		}
		// Not every machine knows the instruction for it.
		of.code = append(of.code, instruction{op: xorX &^ sourceX, k: ^uint32(0)}, instruction{op: addX &^ sourceX, k: 1})
		return of, nil
	case *operation:
		return g.operation(n)
	case *access:
		return g.access(n)
	}
	return operand{}, errors.New("packet filter: unknown number")
}

var arithmetic = map[string]uint16{
	"+": addX, "-": subX, "*": mulX, "/": divX, "%": modX, "&": andX, "|": orX, "^": xorX, "<<": shlX, ">>": shrX,
}

func (g *generator) operation(n *operation) (operand, error) {
	left, err := g.number(n.left)
	if err != nil {
		return left, err
	}
	right, err := g.number(n.right)
	if err != nil {
		return right, err
	}
	if right.constant != nil {
		switch k := *right.constant; {
		case k == 0 && (n.operator == "/" || n.operator == "%"):
			return left, g.fail(n.at, "division by zero")
		case k > 31 && (n.operator == "<<" || n.operator == ">>"):
			return left, g.fail(n.at, "shift by %d bits, expected at most 31", k)
		}
	}
	op := arithmetic[n.operator]
	if left.constant != nil && right.constant != nil {
		v, _ := calculate(op, *left.constant, *right.constant)
		return known(v), nil
	}
	code, k, err := g.binary(left, right, n.at)
	if err != nil {
		return left, err
	}
	if right.constant != nil {
		op &^= sourceX
	}
	// libpcap asks only for what the left operand reads from.
	return operand{code: append(code, instruction{op: op, k: k}), words: wordsOf(left, right), carried: left.carried}, nil
}

// access generates the load of bytes of a header.
func (g *generator) access(n *access) (operand, error) {
	index, err := g.number(n.index)
	if err != nil {
		return index, err
	}
	if index.constant != nil && *index.constant > capture.MaxPacketSize {
		return index, g.fail(n.at, "offset %d lies beyond any packet, expected at most %d", int32(*index.constant), capture.MaxPacketSize)
	}
	base, viaHeaderLength, carried, err := g.header(n.protocol, index.carried)
	if err != nil {
		return index, g.fail(n.at, "%s: %v", n.at, err)
	}
	result := operand{words: index.words, carried: carried}
	load := loadOp(n.size)
	indexed := load&^modeMask | modeIndexed
	switch {
	case index.constant != nil && !viaHeaderLength:
		result.code = []instruction{{op: load, k: base + *index.constant}}
	case index.constant != nil:
		result.code = []instruction{{op: loadIPHeaderLength, k: base}, {op: indexed, k: base + *index.constant}}
	case !viaHeaderLength:
		result.code = append(index.code, instruction{op: moveAX}, instruction{op: indexed, k: base})
	default:
		result.code = append(index.code, instruction{op: loadIPHeaderLength, k: base},
			instruction{op: addX}, instruction{op: moveAX}, instruction{op: indexed, k: base})
	}
	return result, nil
}

// header tells where the header of a protocol begins: at an offset, to which
// the length of the IPv4 header there is added if viaLength. carried is what
// the packet must be for that, and for what the index reads.
func (g *generator) header(p protocol, index *cond) (at uint32, viaLength bool, carried *cond, err error) {
	at = g.link.network()
	row := protocols[p]
	switch row.layer {
	case theLink:
		return g.link.headerAt, false, index, nil
	case overIP6: // only directly behind the IPv6 header
		return at + 40, false, and(index, g.link.protocol(etherTypeIP6), equal(at+6, 1, row.number)), nil
	case overLink:
		if row.number <= maxEtherLength || p == aarp {
			break
		}
		carried, err = g.linkProtocol(row.number)
		return at, false, and(index, carried), err
	case overIP, overIP4:
		if p == ah || p == esp {
			break
		}
		return at, true, and(g.link.protocol(etherTypeIP), index, equal(at+9, 1, row.number), g.firstFragment()), nil
	}
	return 0, false, nil, errors.New("bytes of this protocol are not offered")
}
