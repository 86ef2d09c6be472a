package live

import (
	"golang.org/x/net/bpf"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/packetfilter"
)

// selection is the packet filter, for the kernel and for what the kernel can
// not decide: it takes VLAN tags out of the frames before it filters them, and
// interfaces differ in their link types.
type selection struct {
	expr     string
	snapLen  int
	programs map[capture.LinkType]*packetfilter.Program
}

// longestKernel is the number of instructions that Linux takes.
const longestKernel = 4096

func newSelection(expr string, snapLen int) (*selection, error) {
	s := &selection{expr: expr, snapLen: snapLen, programs: map[capture.LinkType]*packetfilter.Program{}}
	if _, err := s.compile(capture.Ethernet); err != nil {
		return nil, err
	}
	return s, nil
}

// compile compiles the expression for a link type, once.
func (s *selection) compile(link capture.LinkType) (*packetfilter.Program, error) {
	p := s.programs[link]
	if p == nil && s.expr != "" {
		var err error
		if p, err = packetfilter.Compile(s.expr, link, s.snapLen); err != nil {
			return nil, err
		}
		s.programs[link] = p
	}
	return p, nil
}

// program is for the kernel.
type program []bpf.RawInstruction

var rejectAll = program{{Op: returnK, K: 0}}

// Instructions of classic BPF, and what Linux offers beside the frame.
const (
	loadWord      = 0x20
	jumpEqual     = 0x15
	returnK       = 0x06
	auxiliary     = 0xfffff000
	auxHardware   = auxiliary + 28
	auxVLANTagged = auxiliary + 48
)

// forKernel is the program that a ring of a device is given. It keeps snapLen
// bytes of what it lets pass; matches decides about what that program can not.
//
//	load hardware type      Any alone
//	Ethernet, loopback: go on, others: pass
//	load "has a VLAN tag"
//	yes: pass
//	the expression
func (s *selection) forKernel(d *device) (program, error) {
	pass := bpf.RawInstruction{Op: returnK, K: uint32(s.snapLen)}
	link := d.link
	if d.name == Any {
		link = capture.Ethernet
	}
	p, err := s.compile(link)
	if err != nil {
		return nil, err
	}
	d.filtered = false
	if p == nil || link == capture.LinuxSLL2 {
		return program{pass}, nil
	}
	var code program
	if d.name == Any {
		code = append(code,
			bpf.RawInstruction{Op: loadWord, K: auxHardware},
			bpf.RawInstruction{Op: jumpEqual, K: hardwareEther, Jt: 2},
			bpf.RawInstruction{Op: jumpEqual, K: hardwareLoopback, Jt: 1},
			pass)
	}
	code = append(code,
		bpf.RawInstruction{Op: loadWord, K: auxVLANTagged},
		bpf.RawInstruction{Op: jumpEqual, K: 0, Jt: 1},
		pass)
	code = append(code, p.Instructions()...)
	if len(code) > longestKernel {
		return program{pass}, nil
	}
	d.filtered = true
	return code, nil
}

// matches decides about a packet where the kernel did not.
func (s *selection) matches(d *device, f frame, p *capture.Packet) (bool, error) {
	if s.expr == "" || d.filtered && p.Link == capture.Ethernet && !f.tagged() {
		return true, nil
	}
	program, err := s.compile(p.Link)
	return err == nil && program.Match(p.Data, p.Length), err
}
