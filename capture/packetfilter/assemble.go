package packetfilter

import (
	"golang.org/x/net/bpf"
)

// maxInstructions bounds a program, without the jumps that long distances need
// in addition. Linux takes at most 4,096 instructions.
const maxInstructions = 1 << 18

// assembler lays a condition out as a program that only jumps forward.
type assembler struct {
	code   []line
	labels []int // line of each label
}

// line is an instruction; if it jumps, to two labels.
type line struct {
	instruction
	jumps   bool
	yes, no int
	removed bool
}

// assemble returns the program for a condition. It returns snapLen for packets
// that match and 0 for the others. nil is a program that is too long.
func assemble(c *cond, snapLen uint32) []bpf.RawInstruction {
	a := &assembler{}
	accept, reject := a.label(), a.label()
	a.emit(c, accept, reject)
	a.place(accept)
	a.code = append(a.code, line{instruction: instruction{op: returnK, k: snapLen}})
	a.place(reject)
	a.code = append(a.code, line{instruction: instruction{op: returnK, k: 0}})
	if len(a.code) > maxInstructions {
		return nil
	}
	a.dropLoads()
	a.compact()
	return a.resolve()
}

func (a *assembler) label() int {
	a.labels = append(a.labels, -1)
	return len(a.labels) - 1
}

func (a *assembler) place(label int) { a.labels[label] = len(a.code) }

// emit appends the code of a condition, which jumps to one of two labels.
func (a *assembler) emit(c *cond, yes, no int) {
	if len(a.code) > maxInstructions {
		return
	}
	switch c.kind {
	case andCond:
		next := a.label()
		a.emit(c.a, next, no)
		a.place(next)
		a.emit(c.b, yes, no)
	case orCond:
		next := a.label()
		a.emit(c.a, yes, next)
		a.place(next)
		a.emit(c.b, yes, no)
	case notCond:
		a.emit(c.a, no, yes)
	case alwaysCond:
		a.jump(yes)
	case neverCond:
		a.jump(no)
	default:
		for _, in := range c.test.code {
			a.code = append(a.code, line{instruction: in})
		}
		a.code = append(a.code, line{instruction: instruction{op: c.test.jump, k: c.test.k}, jumps: true, yes: yes, no: no})
	}
}

// jump appends a jump that depends on nothing.
func (a *assembler) jump(to int) {
	a.code = append(a.code, line{instruction: instruction{op: jumpAlways}, jumps: true, yes: to, no: to})
}

// contents is what the registers are known to hold before a line: the result
// of an instruction, or nothing.
type contents struct {
	reached bool
	a, x    held
}

// held is the result of a load. Of an indexed load, x is what X held.
type held struct {
	known bool
	instruction
	x instruction
}

// merge keeps what holds on both ways to a line.
func (c contents) merge(other contents) contents {
	if !c.reached {
		return other
	}
	if c.a != other.a {
		c.a = held{}
	}
	if c.x != other.x {
		c.x = held{}
	}
	return c
}

// dropLoads removes loads of what a register holds already, on every way that
// leads to them.
func (a *assembler) dropLoads() {
	before := make([]contents, len(a.code)+1)
	before[0].reached = true
	for i := range a.code {
		now := before[i]
		l := &a.code[i]
		if l.jumps {
			for _, to := range []int{a.labels[l.yes], a.labels[l.no]} {
				before[to] = before[to].merge(now)
			}
			continue
		}
		l.removed = now.step(l.instruction)
		if l.op != returnK {
			before[i+1] = before[i+1].merge(now)
		}
	}
}

// step applies an instruction. It reports whether the instruction changes
// nothing.
func (c *contents) step(in instruction) (idle bool) {
	switch in.op {
	case loadWord, loadHalf, loadByte, loadLength:
		value := held{known: true, instruction: in}
		idle = c.a == value
		c.a = value
	case loadWordIndexed, loadHalfIndexed, loadByteIndexed:
		value := held{known: c.x.known, instruction: in, x: c.x.instruction}
		idle = value.known && c.a == value
		c.a = value
	case loadIPHeaderLength:
		value := held{known: true, instruction: in}
		idle = c.x == value
		c.x = value
	case loadXMemory, moveAX:
		c.x = held{}
	case store:
	default:
		c.a = held{}
	}
	if !c.a.known {
		c.a = held{}
	}
	return idle
}

// compact takes removed lines out.
func (a *assembler) compact() {
	at := make([]int, len(a.code)+1)
	kept := a.code[:0]
	for i, l := range a.code {
		at[i] = len(kept)
		if !l.removed {
			kept = append(kept, l)
		}
	}
	for i, to := range a.labels {
		if to >= 0 {
			a.labels[i] = at[to]
		}
	}
	a.code = kept
}

// resolve turns labels into distances. A conditional jump reaches 255
// instructions; further ones go over unconditional jumps placed behind it.
func (a *assembler) resolve() []bpf.RawInstruction {
	const reach = 255
	extra := make([]int, len(a.code)) // unconditional jumps behind each line
	at := make([]int, len(a.code)+1)
	for changed := true; changed; {
		changed = false
		for i := range a.code {
			at[i+1] = at[i] + 1 + extra[i]
		}
		for i, l := range a.code {
			if !l.jumps || l.op == jumpAlways {
				continue
			}
			far := 0
			for _, to := range []int{a.labels[l.yes], a.labels[l.no]} {
				if at[to]-at[i]-1 > reach {
					far++
				}
			}
			if far > extra[i] {
				extra[i], changed = far, true
			}
		}
	}
	program := make([]bpf.RawInstruction, 0, at[len(a.code)])
	for i, l := range a.code {
		in := bpf.RawInstruction{Op: l.op, K: l.k}
		if !l.jumps {
			program = append(program, in)
			continue
		}
		if l.op == jumpAlways {
			in.K = uint32(at[a.labels[l.yes]] - at[i] - 1)
			program = append(program, in)
			continue
		}
		var over []bpf.RawInstruction
		distance := func(label int) uint8 {
			d := at[a.labels[label]] - at[i] - 1
			if d <= reach {
				return uint8(d)
			}
			over = append(over, bpf.RawInstruction{Op: jumpAlways, K: uint32(d - len(over) - 1)})
			return uint8(len(over) - 1)
		}
		in.Jt, in.Jf = distance(l.yes), distance(l.no)
		program = append(append(program, in), over...)
	}
	return program
}
