package packetfilter

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/net/bpf"

	"github.com/seed-6ae541b3/goargus/capture"
)

// Program is a compiled expression. It does not change and may be used by any
// number of goroutines.
type Program struct {
	expr string
	link capture.LinkType
	code []bpf.RawInstruction
	vm   []operation8
}

// Compile compiles an expression for frames of a link type. An expression
// without words matches every packet. snapLen is what the program returns for
// a packet that matches, which is how many of its bytes a kernel keeps; 0 is
// capture.MaxPacketSize.
//
// Errors in the expression are *Error.
func Compile(expr string, link capture.LinkType, snapLen int) (*Program, error) {
	link = link.Canonical()
	layer, ok := linkLayers[link]
	if !ok {
		return nil, fmt.Errorf("packet filter: there are no filters for link type %s", link)
	}
	layer.name = link.String()
	if snapLen < 0 || snapLen > capture.MaxPacketSize {
		return nil, fmt.Errorf("packet filter: snapshot length %d, expected 0 to %d", snapLen, capture.MaxPacketSize)
	}
	if snapLen == 0 {
		snapLen = capture.MaxPacketSize
	}
	tree, err := parse(expr)
	if err != nil {
		return nil, err
	}
	matches := always
	if tree != nil {
		g := &generator{expr: expr, link: layer}
		if matches, err = g.condition(tree); err != nil {
			return nil, err
		}
	}
	code := assemble(matches, uint32(snapLen))
	if code == nil {
		return nil, &Error{Expr: expr, Message: fmt.Sprintf("the program is longer than %d instructions", maxInstructions)}
	}
	return &Program{expr: expr, link: link, code: code, vm: translate(code)}, nil
}

// String returns the expression.
func (p *Program) String() string { return p.expr }

// Link returns the link type that the program was compiled for. On frames of
// another one it does not fail, but answers at random.
func (p *Program) Link() capture.LinkType { return p.link }

// Instructions returns a copy of the program, for a kernel to run. Linux takes
// no more than 4,096 instructions. A kernel that takes VLAN tags out of the
// frames it filters does not see them where the program looks for them.
func (p *Program) Instructions() []bpf.RawInstruction {
	return append([]bpf.RawInstruction(nil), p.code...)
}

// Match reports whether a packet matches. data is what was captured of it and
// wireLen its length on the wire. A condition that needs bytes beyond data does
// not hold, and neither does the expression as a whole then, be it negated.
func (p *Program) Match(data []byte, wireLen int) bool {
	var a, x uint32
	var memory [scratch]uint32
	end := uint64(len(data))
	for pc := 0; pc < len(p.vm); pc++ {
		in := &p.vm[pc]
		k := in.k
		switch in.op {
		case vmLoadWord:
			if uint64(k)+4 > end {
				return false
			}
			a = binary.BigEndian.Uint32(data[k:])
		case vmLoadHalf:
			if uint64(k)+2 > end {
				return false
			}
			a = uint32(binary.BigEndian.Uint16(data[k:]))
		case vmLoadByte:
			if uint64(k)+1 > end {
				return false
			}
			a = uint32(data[k])
		case vmLoadWordIndexed:
			at := uint64(k) + uint64(x)
			if at+4 > end {
				return false
			}
			a = binary.BigEndian.Uint32(data[at:])
		case vmLoadHalfIndexed:
			at := uint64(k) + uint64(x)
			if at+2 > end {
				return false
			}
			a = uint32(binary.BigEndian.Uint16(data[at:]))
		case vmLoadByteIndexed:
			at := uint64(k) + uint64(x)
			if at+1 > end {
				return false
			}
			a = uint32(data[at])
		case vmLoadIPHeaderLength:
			if uint64(k)+1 > end {
				return false
			}
			x = uint32(data[k]&0xf) << 2
		case vmLoadLength:
			a = uint32(wireLen)
		case vmLoadConstant:
			a = k
		case vmLoadMemory:
			a = memory[k%scratch]
		case vmLoadXMemory:
			x = memory[k%scratch]
		case vmStore:
			memory[k%scratch] = a
		case vmMoveAX:
			x = a
		case vmJumpAlways:
			pc += int(k)
		case vmJumpEqual:
			pc += in.jump(a == k)
		case vmJumpGreater:
			pc += in.jump(a > k)
		case vmJumpGreaterEqual:
			pc += in.jump(a >= k)
		case vmJumpSet:
			pc += in.jump(a&k != 0)
		case vmJumpEqualX:
			pc += in.jump(a == x)
		case vmJumpGreaterX:
			pc += in.jump(a > x)
		case vmJumpGreaterEqualX:
			pc += in.jump(a >= x)
		case vmAndK:
			a &= k
		case vmReturn:
			return k != 0
		default:
			by := k
			if in.alu&sourceX != 0 {
				by = x
			}
			var ok bool
			if a, ok = calculate(uint16(in.alu), a, by); !ok {
				return false
			}
		}
	}
	return false
}

// calculate is the arithmetic of the machine. It reports false for a division
// by zero.
func calculate(op uint16, a, b uint32) (uint32, bool) {
	switch op | sourceX {
	case addX:
		return a + b, true
	case subX:
		return a - b, true
	case mulX:
		return a * b, true
	case orX:
		return a | b, true
	case andX:
		return a & b, true
	case xorX:
		return a ^ b, true
	case shlX:
		return a << b, true
	case shrX:
		return a >> b, true
	}
	if b == 0 {
		return 0, false
	}
	if op|sourceX == divX {
		return a / b, true
	}
	return a % b, true
}

// operation8 is an instruction for Match: 8 bytes, its code small and dense so
// that the switch is a table.
type operation8 struct {
	op      vmOp
	alu     uint8 // BPF code of other arithmetic
	yes, no uint8
	k       uint32
}

func (o *operation8) jump(holds bool) int {
	if holds {
		return int(o.yes)
	}
	return int(o.no)
}

type vmOp uint8

const (
	vmArithmetic vmOp = iota
	vmLoadWord
	vmLoadHalf
	vmLoadByte
	vmLoadWordIndexed
	vmLoadHalfIndexed
	vmLoadByteIndexed
	vmLoadIPHeaderLength
	vmLoadLength
	vmLoadConstant
	vmLoadMemory
	vmLoadXMemory
	vmStore
	vmMoveAX
	vmJumpAlways
	vmJumpEqual
	vmJumpGreater
	vmJumpGreaterEqual
	vmJumpSet
	vmJumpEqualX
	vmJumpGreaterX
	vmJumpGreaterEqualX
	vmAndK
	vmReturn
)

var vmOps = map[uint16]vmOp{
	loadWord: vmLoadWord, loadHalf: vmLoadHalf, loadByte: vmLoadByte,
	loadWordIndexed: vmLoadWordIndexed, loadHalfIndexed: vmLoadHalfIndexed, loadByteIndexed: vmLoadByteIndexed,
	loadIPHeaderLength: vmLoadIPHeaderLength, loadLength: vmLoadLength, loadConstant: vmLoadConstant,
	loadMemory: vmLoadMemory, loadXMemory: vmLoadXMemory, store: vmStore, moveAX: vmMoveAX,
	jumpAlways: vmJumpAlways, jumpEqual: vmJumpEqual, jumpGreater: vmJumpGreater,
	jumpGreaterEqual: vmJumpGreaterEqual, jumpSet: vmJumpSet, jumpEqual | sourceX: vmJumpEqualX,
	jumpGreater | sourceX: vmJumpGreaterX, jumpGreaterEqual | sourceX: vmJumpGreaterEqualX,
	andK: vmAndK, returnK: vmReturn,
}

func translate(code []bpf.RawInstruction) []operation8 {
	vm := make([]operation8, len(code))
	for i, in := range code {
		vm[i] = operation8{op: vmOps[in.Op], alu: uint8(in.Op), yes: in.Jt, no: in.Jf, k: in.K}
	}
	return vm
}
