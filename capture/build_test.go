package capture_test

import (
	"bytes"
	"encoding/binary"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A capture file is put together here from its fields, well formed or not.

type order = binary.AppendByteOrder

var little, big order = binary.LittleEndian, binary.BigEndian

// u32s appends numbers of 32 bits.
func u32s(o order, b []byte, v ...uint32) []byte {
	for _, v := range v {
		b = o.AppendUint32(b, v)
	}
	return b
}

// pcapHeader is a file header of version 2.4 with a snapshot length of 65535.
func pcapHeader(o order, magic, link uint32) []byte {
	return pcapHeaderOf(o, magic, link, 2, 4, 65535)
}

func pcapHeaderOf(o order, magic, link uint32, major, minor uint16, snap uint32) []byte {
	b := o.AppendUint32(nil, magic)
	b = o.AppendUint16(o.AppendUint16(b, major), minor)
	return u32s(o, b, 0, 0, snap, link)
}

// pcapRecord is a record of which everything was captured.
func pcapRecord(o order, seconds, fraction uint32, data string) []byte {
	n := uint32(len(data))
	return append(u32s(o, nil, seconds, fraction, n, n), data...)
}

// block is a pcapng block around a body, which is padded.
func block(o order, kind uint32, body ...[]byte) []byte {
	b := bytes.Join(body, nil)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	n := uint32(len(b) + 12)
	return u32s(o, append(u32s(o, nil, kind, n), b...), n)
}

func section(o order) []byte {
	body := o.AppendUint32(nil, 0x1a2b3c4d)
	body = o.AppendUint16(o.AppendUint16(body, 1), 0)
	return block(o, 0x0a0d0d0a, o.AppendUint64(body, 1<<64-1))
}

func option(o order, code uint16, value string) []byte {
	b := o.AppendUint16(o.AppendUint16(nil, code), uint16(len(value)))
	b = append(b, value...)
	for len(b)%4 != 0 {
		b = append(b, 0)
	}
	return b
}

func iface(o order, link uint16, snap uint32, options ...[]byte) []byte {
	body := o.AppendUint32(o.AppendUint16(o.AppendUint16(nil, link), 0), snap)
	if len(options) > 0 {
		options = append(options, option(o, 0, ""))
	}
	return block(o, 1, body, bytes.Join(options, nil))
}

func enhanced(o order, iface uint32, stamp uint64, wire uint32, data string, options ...[]byte) []byte {
	fixed := u32s(o, nil, iface, uint32(stamp>>32), uint32(stamp), uint32(len(data)), wire)
	padded := append([]byte(data), make([]byte, -len(data)&3)...)
	return block(o, 6, fixed, padded, bytes.Join(options, nil))
}

func simple(o order, wire uint32, data string) []byte {
	return block(o, 3, o.AppendUint32(nil, wire), []byte(data))
}

func obsolete(o order, iface, drops uint16, stamp uint64, wire uint32, data string) []byte {
	fixed := o.AppendUint16(o.AppendUint16(nil, iface), drops)
	fixed = u32s(o, fixed, uint32(stamp>>32), uint32(stamp), uint32(len(data)), wire)
	return block(o, 2, fixed, []byte(data))
}

func file(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func gzipped(t testing.TB, b []byte) []byte {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func zstandard(t testing.TB, b []byte) []byte {
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll(b, nil)
}
