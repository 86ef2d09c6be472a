package zeek

import (
	"fmt"

	"github.com/seed-6ae541b3/goargus/record"
)

// Conn is one row of a conn log. A field without a value in the log is not set:
// see [Conn.Has]. Byte slices alias the reader's buffers and are valid until the
// next row.
type Conn struct {
	Time     int64 // first packet, nanoseconds since the epoch
	Duration int64 // first to last packet, nanoseconds

	UID     []byte
	Proto   []byte // tcp, udp, icmp, unknown_transport
	Service []byte // analyzers joined by commas
	State   []byte // conn_state
	History []byte

	Orig, Resp         record.Endpoint
	OrigPort, RespPort uint16 // of ICMP: type, and code or type of the reply
	IPProto            uint8

	OrigBytes, RespBytes     uint64 // payload
	OrigPackets, RespPackets uint64
	OrigIPBytes, RespIPBytes uint64 // IP packets, without the link layer
	MissedBytes              uint64

	LocalOrig, LocalResp     bool
	VLAN                     int64
	OrigMAC, RespMAC         []byte // text
	OrigCountry, RespCountry []byte

	Extra []Extra // other columns that have a value, in the order of the log

	set  uint32      // fields that have a value
	macs [2][17]byte // text of addresses that came from a record
}

// Extra is a column that has no field. Value is JSON: a string, a number, true,
// false, an array (sets and vectors) or an object.
type Extra struct {
	Name  []byte
	Value []byte
}

// extra finds the column of a name, nil if there is none.
func (c *Conn) extra(name []byte) *Extra {
	for i := range c.Extra {
		if string(c.Extra[i].Name) == string(name) {
			return &c.Extra[i]
		}
	}
	return nil
}

// Has reports whether a field has a value.
func (c *Conn) Has(f Field) bool { return c.set&(1<<f) != 0 }

// Mark says whether a field has a value. Who fills a Conn marks what is set.
func (c *Conn) Mark(f Field, set bool) {
	if set {
		c.set |= 1 << f
	} else {
		c.set &^= 1 << f
	}
}

// Reset unsets every field and forgets the extras.
func (c *Conn) Reset() {
	c.set = 0
	c.Extra = c.Extra[:0]
}

// required are the fields that a row cannot be without.
const required = 1<<Time | 1<<OrigHost | 1<<RespHost | 1<<Proto

// check reports what a row lacks to be a connection.
func (c *Conn) check() *ParseError {
	for f := Field(0); required>>f != 0; f++ {
		if required&(1<<f) != 0 && !c.Has(f) {
			return bad(0, "", "expected a value for %s, found none", f)
		}
	}
	if c.Orig.Family() != c.Resp.Family() {
		return bad(0, "", "expected two addresses of one family, found %s and %s", c.Orig, c.Resp)
	}
	return nil
}

// counter returns the place of a whole number, nil for other fields.
func (c *Conn) counter(f Field) *uint64 {
	switch f {
	case OrigBytes:
		return &c.OrigBytes
	case RespBytes:
		return &c.RespBytes
	case MissedBytes:
		return &c.MissedBytes
	case OrigPackets:
		return &c.OrigPackets
	case OrigIPBytes:
		return &c.OrigIPBytes
	case RespPackets:
		return &c.RespPackets
	case RespIPBytes:
		return &c.RespIPBytes
	}
	return nil
}

// text returns the place of text, nil for other fields.
func (c *Conn) text(f Field) *[]byte {
	switch f {
	case UID:
		return &c.UID
	case Proto:
		return &c.Proto
	case Service:
		return &c.Service
	case State:
		return &c.State
	case History:
		return &c.History
	case OrigMAC:
		return &c.OrigMAC
	case RespMAC:
		return &c.RespMAC
	case OrigCountry:
		return &c.OrigCountry
	case RespCountry:
		return &c.RespCountry
	}
	return nil
}

// parse gives a field the value that v says. Text is kept as it is and aliases
// v.
func (c *Conn) parse(f Field, v []byte) error {
	ok := false
	var want string
	if p := c.counter(f); p != nil {
		*p, ok = parseCount(v)
		want = "a whole number"
	} else if p := c.text(f); p != nil {
		*p, ok = v, true
	} else {
		want, ok = c.parseOther(f, v)
	}
	if !ok {
		return fmt.Errorf("expected %s, found %s", want, quoted(v))
	}
	c.set |= 1 << f
	return nil
}

// parseOther reads the fields that are neither counts nor text.
func (c *Conn) parseOther(f Field, v []byte) (want string, ok bool) {
	switch f {
	case Time:
		c.Time, ok = parseTime(v)
		return "a time in seconds or ISO 8601", ok
	case Duration:
		c.Duration, ok = parseSeconds(v)
		return "seconds", ok
	case OrigHost:
		c.Orig, ok = parseAddr(v)
		return "an IP address", ok
	case RespHost:
		c.Resp, ok = parseAddr(v)
		return "an IP address", ok
	case OrigPort:
		c.OrigPort, ok = parsePort(v)
		return "a port from 0 to 65535", ok
	case RespPort:
		c.RespPort, ok = parsePort(v)
		return "a port from 0 to 65535", ok
	case IPProto:
		var n uint64
		n, ok = parseCount(v)
		c.IPProto = uint8(n)
		return "a protocol number from 0 to 255", ok && n <= 0xFF
	case LocalOrig:
		c.LocalOrig, ok = parseBool(v)
		return "T or F", ok
	case LocalResp:
		c.LocalResp, ok = parseBool(v)
		return "T or F", ok
	case VLAN:
		c.VLAN, ok = parseInt(v)
		return "a whole number", ok
	}
	return "a field", false
}

// same reports whether a field is the same in both rows.
func (c *Conn) same(f Field, o *Conn) bool {
	if c.Has(f) != o.Has(f) {
		return false
	}
	if !c.Has(f) {
		return true
	}
	if p := c.counter(f); p != nil {
		return *p == *o.counter(f)
	}
	if p := c.text(f); p != nil {
		return string(*p) == string(*o.text(f))
	}
	switch f {
	case Time:
		return c.Time == o.Time
	case Duration:
		return c.Duration == o.Duration
	case OrigHost:
		return c.Orig == o.Orig
	case RespHost:
		return c.Resp == o.Resp
	case OrigPort:
		return c.OrigPort == o.OrigPort
	case RespPort:
		return c.RespPort == o.RespPort
	case IPProto:
		return c.IPProto == o.IPProto
	case LocalOrig:
		return c.LocalOrig == o.LocalOrig
	case LocalResp:
		return c.LocalResp == o.LocalResp
	}
	return c.VLAN == o.VLAN
}
