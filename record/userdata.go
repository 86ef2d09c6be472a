package record

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
)

// UserData are captured bytes of one side (DSR 0x50), or the text of an event.
//
//	byte 0  0x50
//	byte 1  0x80 long form | 0x10 source, 0x20 destination | 0x01 whole packet, 0x02 headers,
//	        0x03 user data, 0x08 zlib-compressed
//	2       length in words u16
//	4       capture limit u16
//	6       number of bytes u16
//	8       the bytes, zero padded to a word
//
// The short form, older than version 3, has no 0x80 in byte 1, 0x10 in byte 2
// for the source, and its length in byte 3.
type UserData struct {
	Data       []byte // aliases the record
	Limit      uint16 // capture limit; of compressed text the length of the original
	Compressed bool   // zlib, in events

	subtype uint8 // low nibble of byte 1 as read
	short   bool
	read    bool
	count   uint16 // as read: sensors may claim more than there is
	slack   []byte // behind the data, as read
}

const (
	userDataLong       = 0x80
	userDataSrc        = 0x10
	userDataDst        = 0x20
	userDataCompressed = 0x08

	// MaxUserData is the most bytes that a user data DSR can hold.
	MaxUserData = 0xFFFF
)

func (u *UserData) decode(b []byte, _ Version) bool {
	if len(b) < 8 {
		return false
	}
	*u = UserData{Limit: binary.BigEndian.Uint16(b[4:]), subtype: b[1] & 0x0F, short: b[1]&userDataLong == 0, read: true}
	u.Compressed = !u.short && u.subtype == userDataCompressed
	u.count = binary.BigEndian.Uint16(b[6:])
	n := min(int(u.count), len(b)-8)
	u.Data, u.slack = b[8:8+n], b[8+n:]
	return true
}

// isDstData reports whether a user data DSR is the destination's.
func isDstData(b []byte) bool {
	if b[1]&userDataLong == 0 {
		return b[2]&userDataSrc == 0
	}
	return b[1]&userDataDst != 0
}

// Text returns the bytes as they were before compression, at most MaxUserData of
// them. Bytes that are not compressed are returned as they are.
func (u *UserData) Text() ([]byte, error) {
	if !u.Compressed {
		return u.Data, nil
	}
	z, err := zlib.NewReader(bytes.NewReader(u.Data))
	if err != nil {
		return nil, fmt.Errorf("record: compressed user data: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(z, MaxUserData))
	if err != nil {
		return text, fmt.Errorf("record: compressed user data: %w", err)
	}
	return text, nil
}

// plain is u without the form in which it was read.
func (u UserData) plain() UserData {
	u.short, u.read, u.slack = false, false, nil
	return u
}

// AppendUserData appends the DSR of one side's bytes: the source's, or the
// destination's if dest is true. Bytes above MaxUserData are cut. A limit of 0
// is written as the number of bytes.
func AppendUserData(dst []byte, u *UserData, dest bool) []byte {
	data := u.Data[:min(len(u.Data), MaxUserData)]
	words := 2 + (len(data)+len(u.slack)+3)/4
	if u.short && words <= 0xFF {
		q := byte(userDataSrc)
		if dest {
			q = 0
		}
		dst = append(dst, typeUserData, u.subtype, q, byte(words))
	} else {
		side := byte(userDataSrc)
		if dest {
			side = userDataDst
		}
		subtype := u.subtype | bit(u.Compressed, userDataCompressed)
		dst = append(dst, typeUserData, userDataLong|side|subtype, byte(words>>8), byte(words))
	}
	limit, count := u.Limit, uint16(len(data))
	switch {
	case u.read:
		count = u.count
	case limit == 0:
		limit = count
	}
	dst = binary.BigEndian.AppendUint16(dst, limit)
	dst = binary.BigEndian.AppendUint16(dst, count)
	dst = append(append(dst, data...), u.slack...)
	for n := len(data) + len(u.slack); n%4 != 0; n++ {
		dst = append(dst, 0)
	}
	return dst
}

// mergeUserData appends the captured bytes of each side.
func (a *Record) mergeUserData(b *Record) {
	if b.Has(DSRSrcData) {
		u := a.SrcData().merged(b.SrcData(), a.Has(DSRSrcData))
		a.SetSrcData(u)
	}
	if b.Has(DSRDstData) {
		u := a.DstData().merged(b.DstData(), a.Has(DSRDstData))
		a.SetDstData(u)
	}
}

// merged returns u with the bytes of o behind it as far as the capture limit
// allows, in memory of its own; o alone if there is no u. Compressed data cannot
// be continued.
func (u *UserData) merged(o *UserData, has bool) UserData {
	if !has {
		c := *o
		c.Data = bytes.Clone(o.Data)
		return c
	}
	c := *u
	limit := max(int(u.Limit), len(u.Data))
	if n := min(limit-len(u.Data), len(o.Data)); n > 0 && !u.Compressed && !o.Compressed {
		c.Data = append(append(make([]byte, 0, len(u.Data)+n), u.Data...), o.Data[:n]...)
	}
	return c
}
