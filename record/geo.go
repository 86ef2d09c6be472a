package record

import (
	"encoding/binary"
	"math"
)

// Geo are coordinates in degrees (DSR 0x68, version 5).
//
//	byte 2  0x01 source, 0x02 destination, 0x04 intermediate node
//	byte 3  3, 5 or 7 words
//	then    latitude f32, longitude f32 of each that is present
type Geo struct {
	Src, Dst, Inode Coordinates
}

// Coordinates are a place.
type Coordinates struct {
	Lat, Lon float32
	Has      bool
}

func (g *Geo) flip() { g.Src, g.Dst = g.Dst, g.Src }

func (g *Geo) places() [3]*Coordinates { return [3]*Coordinates{&g.Src, &g.Dst, &g.Inode} }

func (g *Geo) decode(b []byte, _ Version) bool {
	*g = Geo{}
	at := 4
	for i, c := range g.places() {
		if b[2]&(1<<i) == 0 {
			continue
		}
		if at+8 > len(b) {
			return false
		}
		*c = Coordinates{
			math.Float32frombits(binary.BigEndian.Uint32(b[at:])),
			math.Float32frombits(binary.BigEndian.Uint32(b[at+4:])), true,
		}
		at += 8
	}
	return true
}

// AppendGeo appends the DSR of g.
func AppendGeo(dst []byte, g *Geo) []byte {
	at := len(dst)
	dst = append(dst, DSRGeo.Type(), 0, 0, 0)
	for i, c := range g.places() {
		if c.Has {
			dst[at+2] |= 1 << i
			dst = binary.BigEndian.AppendUint32(dst, math.Float32bits(c.Lat))
			dst = binary.BigEndian.AppendUint32(dst, math.Float32bits(c.Lon))
		}
	}
	return closeDSR(dst, at)
}
