package record

import "encoding/binary"

// Behavior are counts of keystrokes (DSR 0x54).
//
//	byte 1  0 generic, 1 TCP, 2 SSH
//	byte 3  3 words
//	4       source u32
//	8       destination u32
type Behavior struct {
	Kind     uint8
	Src, Dst uint32
}

func (k *Behavior) flip() { k.Src, k.Dst = k.Dst, k.Src }

func (k *Behavior) decode(b []byte, _ Version) bool {
	if len(b) < 12 {
		return false
	}
	*k = Behavior{b[1], binary.BigEndian.Uint32(b[4:]), binary.BigEndian.Uint32(b[8:])}
	return true
}

// AppendBehavior appends the DSR of k.
func AppendBehavior(dst []byte, k *Behavior) []byte {
	dst = append(dst, DSRBehavior.Type(), k.Kind, 0, 3)
	dst = binary.BigEndian.AppendUint32(dst, k.Src)
	return binary.BigEndian.AppendUint32(dst, k.Dst)
}

func (k *Behavior) merge(o *Behavior) {
	if k.Kind == o.Kind {
		k.Src += o.Src
		k.Dst += o.Dst
	}
}
