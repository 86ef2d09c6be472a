package record

import (
	"math/rand/v2"
	"testing"
)

// TestHostile decodes, prints, encodes and merges DSRs of every type, form and
// length whose content is mostly zeros and ones, in records of all versions.
// They may be errors; none may do harm, and what is written can be read.
func TestHostile(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	rounds := 200000
	if testing.Short() {
		rounds = 20000
	}
	var merger Merger
	var rec, other, again Record
	var out, text []byte
	for i := range rounds {
		b := hostileRecord(rng)
		if rec.Load(b) != nil {
			continue
		}
		_ = rec.Resolve() // an error is an answer
		if rng.IntN(2) == 0 {
			rec.Reverse()
		}
		if i%8 == 0 {
			for a := range Attributes().All() {
				text = a.AppendText(text[:0], &rec, &TextOptions{})
			}
		}
		if other.Load(hostileRecord(rng)) == nil {
			if held, err := merger.AppendHeld(nil, &rec); err == nil {
				merger.MergeHeld(held, &other)
			}
			_ = merger.Merge(&rec, &other)
			merger.Finish(&rec)
		} else {
			rec.Rebuild()
		}
		for _, v := range []Version{Version3, Version5} {
			var err error
			if out, err = rec.AppendTo(out[:0], v); err != nil {
				t.Fatalf("% x: %v", b, err)
			}
			if err := again.Load(out); err != nil {
				t.Fatalf("% x: written in version %d as % x: %v", b, v, out, err)
			}
		}
	}
}

// hostileRecord is a record of some DSRs, each of a true type and length.
func hostileRecord(rng *rand.Rand) []byte {
	version := []Version{Version3, Version5, Mixed}[rng.IntN(3)]
	b := AppendHeader(nil, []Kind{FlowRecord, NetFlow, AFlow, Event}[rng.IntN(4)], version, Status)
	for range rng.IntN(6) + 1 {
		words := rng.IntN(12) + 1
		if rng.IntN(4) == 0 {
			words = rng.IntN(44) + 1
		}
		dsr := make([]byte, 4*words)
		for i := range dsr {
			switch rng.IntN(8) {
			case 0:
				dsr[i] = byte(rng.IntN(8))
			case 1:
				dsr[i] = byte(rng.Uint32())
			case 2:
				dsr[i] = 0xFF
			}
		}
		dsr[0] = DSR(rng.IntN(numDSR)).Type()
		dsr[1] = byte(rng.Uint32()) & 0x7F
		dsr[2] = byte(rng.Uint32())
		dsr[3] = byte(words)
		b = append(b, dsr...)
	}
	PutLength(b)
	return b
}
