package record

import (
	"net/netip"
	"time"
)

// TextOptions say how values are written as text. The zero value is what the
// programs do by default with numbers for all names but those of the few
// protocols that [Proto] knows. Options cache the last time that was written,
// so they belong to one goroutine at a time; copies are independent.
type TextOptions struct {
	Precision int            // digits of fractions, at most 9; 0 is 6, NoFraction is none
	Time      *TimeFormat    // nil is %T.%f
	UnixTime  bool           // seconds since the epoch, whatever Time says
	Location  *time.Location // nil is UTC
	Names     *Names         // nil is names of protocols alone, by Proto.String

	Abbreviate bool      // 12.345K for numbers of 1000 and more
	Plain      bool      // for separated output: no zeros in front of an ESP SPI
	ZeroPorts  bool      // port 0 prints as 0, not as nothing
	ZeroHash   bool      // hash 0 prints as 0, not as nothing
	Mask       MaskStyle // prefix lengths behind IP addresses
	AS         ASStyle
	TCPState   TCPStateStyle
	Data       DataStyle // how captured bytes are shown
	BareData   bool      // captured bytes without s[n]= before them
	Width      int       // of the column, for values that depend on it; 0 is the attribute's
	VendorMAC  bool      // the vendor's name in place of the first half of an Ethernet address
	Format     *Format   // of numbers, ports and IPv4 addresses; nil is each value's own

	// Position is what the reader or printer knows of the record's place; nil
	// leaves the attributes that show it at zero.
	Position *Position

	clock clock
}

// NoFraction is the Precision of whole numbers.
const NoFraction = -1

// Position is the place of a record in what is read and printed. Who prints
// updates it from record to record.
type Position struct {
	Rank   int64 // running number of the printed record, from 1
	Offset int64 // byte offset in the input file
	Origin int64 // time that relative times count from, nanoseconds since the epoch
}

// Names turn numbers into names. A nil function, or one that returns the empty
// string, leaves the number. Package names has the tables of IANA and IEEE.
type Names struct {
	Proto     func(p Proto) string
	EtherType func(t uint16) string
	Port      func(p Proto, port uint16) string
	SAP       func(sap uint8) string
	ICMPType  func(t uint8) string
	ICMPCode  func(t, code uint8) string
	DSCode    func(code uint8) string
	Vendor    func(m MAC) string
	Host      func(a netip.Addr) string
	Node      func(id []byte) string // alias of a sensor, by its printed id
	// Country, Locality and Group serve records that hold none themselves.
	Country  func(a netip.Addr) string
	Group    func(a netip.Addr) string
	Locality func(a netip.Addr) (level int, ok bool)
}

// MaskStyle says whether prefix lengths are printed behind IP addresses.
type MaskStyle uint8

// The mask styles.
const (
	NoMask     MaskStyle = iota
	MaskNets             // unless the length is none or full
	MaskAlways           //
)

// ASStyle is the notation of AS numbers (RFC 5396).
type ASStyle uint8

// The notations.
const (
	ASPlain ASStyle = iota
	ASDot
	ASDotPlus
)

// TCPStateStyle says what the state of a TCP connection is printed as.
type TCPStateStyle uint8

// The styles.
const (
	StateWord     TCPStateStyle = iota // CON, FIN, ...
	StateLetters                       // sSEfFCR: what was seen
	StateSrcFlags                      // flags of the source: FSRPAUEC
	StateDstFlags                      // flags of the destination
	StateFlags                         // of both
)

// DataStyle says how captured bytes are shown.
type DataStyle uint8

// The styles.
const (
	DataASCII    DataStyle = iota // others than printable characters are dots
	DataObscured                  // the same, what follows PASS is hidden
	DataBase16
	DataBase64
	DataHexDump // nothing in the row: printers dump the bytes after it
)

// Digits is the number of digits after the point that Precision stands for.
func (o *TextOptions) Digits() int { return o.digits() }

// digits is the number of digits after the point.
func (o *TextOptions) digits() int {
	switch {
	case o.Precision == 0:
		return 6
	case o.Precision < 0:
		return 0
	}
	return min(o.Precision, 9)
}

func (o *TextOptions) width(a int) int {
	if o.Width > 0 {
		return o.Width
	}
	return a
}

// appendSeconds appends a duration in nanoseconds.
func (o *TextOptions) appendSeconds(dst []byte, ns int64, abbrev bool) []byte {
	if abbrev && o.Abbreviate {
		return appendAbbreviated(dst, float64(ns)/second, o.digits(), false)
	}
	return appendDuration(dst, ns, o.digits())
}

// protoName is the text of an IP protocol.
func (o *TextOptions) protoName(dst []byte, p Proto) []byte {
	switch {
	case o.Names == nil:
		return append(dst, p.String()...)
	case o.Names.Proto == nil:
		return appendInt(dst, int64(p))
	}
	return append(dst, o.Names.Proto(p)...)
}

// words reports whether values that have a word of their own print it.
func (o *TextOptions) words() bool { return o.Names == nil || o.Names.Proto != nil }

// plainAddresses reports whether IPv4 addresses are dotted numbers alone.
func (o *TextOptions) plainAddresses() bool {
	return o.Mask == NoMask && o.Format == nil && (o.Names == nil || o.Names.Host == nil)
}

// hostName is the name of an address, if names of hosts are wanted.
func (o *TextOptions) hostName(e Endpoint) string {
	if o.Names == nil || o.Names.Host == nil {
		return ""
	}
	if a := e.Addr(); a.IsValid() {
		return o.Names.Host(a)
	}
	return ""
}

// appendEndpoint appends an address with as much of a mask as is wanted.
func (o *TextOptions) appendEndpoint(dst []byte, e Endpoint, bits uint8) []byte {
	switch e.family {
	case IPv4:
		if name := o.hostName(e); name != "" {
			return append(dst, name...)
		}
		if o.Format != nil {
			b := e.b
			return o.Format.append(dst, uint64(b[0])<<24|uint64(b[1])<<16|uint64(b[2])<<8|uint64(b[3]))
		}
		return o.appendMask(appendIPv4(dst, e.b[:4]), bits, 32)
	case IPv6:
		if name := o.hostName(e); name != "" {
			return append(dst, name...)
		}
		return o.appendMask(appendIPv6(dst, &e.b), bits, 128)
	case Ethernet:
		return o.appendMAC(dst, MAC(e.b[:6]))
	}
	return dst
}

func (o *TextOptions) appendMask(dst []byte, bits, full uint8) []byte {
	if o.Mask == NoMask || o.Mask == MaskNets && (bits == 0 || bits == full) {
		return dst
	}
	return appendInt(append(dst, '/'), int64(bits))
}

// bitsOf is the full length of a mask.
func bitsOf(e Endpoint) uint8 { return uint8(8 * e.family.size()) }

func (o *TextOptions) appendMAC(dst []byte, m MAC) []byte {
	if o.VendorMAC {
		return o.appendVendorMAC(dst, m)
	}
	return m.AppendTo(dst)
}

// appendVendorMAC puts the vendor's name, in eight characters, before the last
// three bytes.
func (o *TextOptions) appendVendorMAC(dst []byte, m MAC) []byte {
	name := o.vendor(m)
	if name == "" {
		return m.AppendTo(dst)
	}
	dst = appendRight(dst, name, 8)
	at := len(dst)
	dst = m.AppendTo(append(dst, '_'))
	return append(dst[:at+1], dst[at+1+9:]...)
}

func (o *TextOptions) vendor(m MAC) string {
	if o.Names == nil || o.Names.Vendor == nil {
		return ""
	}
	return o.Names.Vendor(m)
}

// appendRight appends s in exactly n characters, justified to the right.
func appendRight(dst []byte, s string, n int) []byte {
	for i := len(s); i < n; i++ {
		dst = append(dst, ' ')
	}
	return append(dst, s[:min(len(s), n)]...)
}
