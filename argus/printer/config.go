package printer

import (
	"io"

	"github.com/seed-6ae541b3/goargus/internal/names"
	"github.com/seed-6ae541b3/goargus/record"
)

// Form is the form of what is printed.
type Form uint8

// The forms. See the package comment.
const (
	Text Form = iota
	Separated
	JSON
	TypedJSON
	XML
)

// Config says what is printed and how. The zero value prints the default
// columns as ra does.
type Config struct {
	Fields   []Field // nil is DefaultFields
	Registry *record.Registry
	Form     Form

	Titles    int  // titles before every so many records; 0 is once, NoTitles never
	Separator rune // of Separated; 0 is a comma
	Quote     byte // of Separated: '"' (also 0) or '\''
	QuoteAll  bool // quote every cell and title
	Variable  bool // text in columns as wide as each value
	NoPeriod  bool // a blank between address and port in text

	Absent Absent // what JSON has for a field without a value
	Names  Names
	Text   record.TextOptions // of all fields; those of a Field win. Names are added by Names if nil

	Management bool    // print management records
	Events     bool    // print event records
	Rmon       bool    // two lines a flow, each end as the source of one
	Percent    *Totals // counters in percent of these
	Color      bool    // colours of a terminal, in Text alone

	// Workers is the number of goroutines that make lines; up to 1 leaves that to
	// the caller's. What is printed does not depend on it. With more, attributes
	// and names that are not built in must be safe for concurrent use.
	Workers int
}

// NoTitles is the value of Config.Titles for none.
const NoTitles = -1

// Absent says what JSON has for a field without a value.
type Absent uint8

// The choices.
const (
	Omit  Absent = iota // no member
	Null                // null
	Empty               // ""
)

// Names is the level of names that numbers are printed by.
type Names uint8

// The levels.
const (
	PortNames  Names = iota // names of ports, protocols and codes, numbers of hosts
	ProtoNames              // names of protocols and codes
	NoNames                 // numbers alone
	HostNames               // names of everything, hosts if Config.Text.Names.Host resolves them
)

// Functions returns the functions that turn numbers into names at a level.
// Those for hosts, vendors, sensors, countries and localities are left to the
// caller.
func (n Names) Functions() *record.Names {
	f := &record.Names{}
	if n == NoNames {
		return f
	}
	f.Proto = func(p record.Proto) string {
		if name := names.Protocol(uint8(p)); name != "" {
			return name
		}
		return "unas"
	}
	f.EtherType = names.EtherType
	f.DSCode = names.DSCode
	if n == ProtoNames {
		return f
	}
	f.EtherType = func(t uint16) string {
		if name := names.EtherType(t); name != "" {
			return name
		}
		return "unknown"
	}
	f.Port = func(p record.Proto, port uint16) string { return names.Port(uint8(p), port) }
	f.SAP = names.SAP
	f.ICMPType = names.ICMPType
	f.ICMPCode = names.ICMPCode
	return f
}

// DISACode names code points of differentiated services by the table of the US
// DISA: a choice for record.Names.DSCode.
func DISACode(code uint8) string { return names.DISACode(code) }

// Vendor names the vendor of an Ethernet address by the registry of the IEEE, in
// at most sixteen characters: a choice for record.Names.Vendor.
func Vendor(m record.MAC) string { return names.Vendor(m) }

// ReadVendors reads a table of vendors in the form that Wireshark has (its file
// "manuf"): a prefix of 24, 28 or 36 bits, blanks, a short name. The function
// that it returns is a choice for record.Names.Vendor.
func ReadVendors(r io.Reader) (func(record.MAC) string, error) {
	t, err := names.ReadVendors(r)
	if err != nil {
		return nil, err
	}
	return func(m record.MAC) string { return t.Name(m) }, nil
}
