package record

// Attribute is one thing that can be asked of a record: its name, how it is
// presented, and how its value is got. The built-in ones come from [Lookup]
// and [Attributes]; users add their own to a copy of the registry:
//
//	reg := record.Attributes().Clone()
//	err := reg.Add(record.Attribute{
//		Name: "asym", Title: "Asym", Width: 8, Kind: record.NumberValue, Unit: "ratio",
//		Float: func(r *record.Record) (float64, bool) { ... },
//		Doc: "bytes of the source over all bytes",
//	})
//
// An attribute needs one of the getters Int, Float and Text; what the others
// would give follows from it. A getter reports false where the record has no
// value, which is not the same as zero. Getters must not allocate and must not
// keep the record.
type Attribute struct {
	Name    string   // as used on command lines: lower case, no blanks
	Aliases []string // other names for the same
	Title   string   // over a column of text
	Width   int      // of a column of text, in characters
	Kind    ValueKind
	Unit    string // "s", "ms", "byte", "packet", "bit/s", ...; empty if it has none
	Side    Side
	From    DSRSet // the DSRs that the value is made of
	Doc     string // one line: what it is

	// Int gets a whole number in Unit. For times it is nanoseconds since the
	// epoch, for durations nanoseconds.
	Int func(r *Record) (int64, bool)
	// Float gets a number in Unit; for times and durations leave it out.
	Float func(r *Record) (float64, bool)
	// Address gets the address that an AddressValue stands for.
	Address func(r *Record) (Endpoint, bool)
	// Bytes gets captured bytes as they are; they alias the record.
	Bytes func(r *Record) []byte
	// Text appends the value as text, and nothing if there is none. Without it
	// numbers are printed plainly. o is never nil.
	Text func(dst []byte, r *Record, o *TextOptions) []byte

	// Structured text is a list of object=value, as labels are.
	Structured bool

	// How the column looks beyond its width.
	Left       bool   // justified to the left; others to the right
	Center     bool   // the title is centred
	KeepBlanks bool   // blanks at the end mean something in separated output
	Joins      string // name of the attribute to whose column this one is joined by a period: saddr.sport

	RmonTitle    string // title where each end is printed in a line of its own
	PercentTitle string // title where the value is given in percent of a total
	PercentOf    string // name of the attribute that is this one in percent, if that is its own

	look   look
	text   textFunc                      // AppendText, chosen when the row was added to a registry
	manage func(m *ManagementInfo) int64 // value in the column for management records
}

// look is how the text of a number differs from the plain form.
type look struct {
	zero      bool // absent prints as zero
	hex       int  // digits of a hexadecimal form, 0 is decimal
	blankZero bool // zero prints as nothing
	abbrev    bool // takes part in the abbreviation of numbers
	flowsOnly bool // management records have none
}

// ValueKind says what sort of value an attribute has.
type ValueKind uint8

// The kinds of value.
const (
	NumberValue    ValueKind = iota
	DurationValue            // Int is in nanoseconds, Float in seconds
	TimeValue                // Int is in nanoseconds since the epoch, Float in seconds
	AddressValue             // IP or Ethernet address
	PortValue                // port number or name, or what stands in its place
	TextValue                // a word
	FlagsValue               // fixed places of letters
	BytesValue               // captured bytes
	HistogramValue           // bins as hexadecimal digits
)

func (k ValueKind) String() string {
	return [...]string{"number", "duration", "time", "address", "port", "text", "flags", "bytes", "histogram"}[k]
}

// Numeric reports whether the value is a number or a duration.
func (k ValueKind) Numeric() bool { return k == NumberValue || k == DurationValue }

// Side says which end of the flow an attribute is about.
type Side uint8

// The sides.
const (
	NoSide    Side = iota // the record as a whole
	Source                // what the source sent, or the source itself
	Dest                  // what the destination sent, or the destination itself
	Both                  // sum or combination of the two
	InnerNode             // the node that reported an ICMP error
)

func (s Side) String() string { return [...]string{"-", "src", "dst", "total", "inode"}[s] }

// DSRSet is a set of DSRs.
type DSRSet uint32

// Set returns the set of some DSRs.
func Set(ds ...DSR) DSRSet {
	var s DSRSet
	for _, d := range ds {
		s |= 1 << d
	}
	return s
}

// Has reports whether d is in the set.
func (s DSRSet) Has(d DSR) bool { return s>>d&1 != 0 }

// Int64 returns the value as a whole number: nanoseconds for times and
// durations, else in Unit, fractions cut. It reports false if the record has
// no such value, or the attribute is not numeric.
func (a *Attribute) Int64(r *Record) (int64, bool) {
	if a.Int != nil {
		return a.Int(r)
	}
	if a.Float != nil {
		v, ok := a.Float(r)
		return int64(v), ok
	}
	return 0, false
}

// Float64 returns the value as a number: seconds for times and durations, else
// in Unit. It reports false if the record has no such value, or the attribute
// is not numeric.
func (a *Attribute) Float64(r *Record) (float64, bool) {
	if a.Float != nil {
		return a.Float(r)
	}
	if a.Int != nil {
		v, ok := a.Int(r)
		if a.Kind == TimeValue || a.Kind == DurationValue {
			return float64(v) / second, ok
		}
		return float64(v), ok
	}
	return 0, false
}

// Endpoint returns the address of an AddressValue. It reports false if the
// record has none, or the attribute is no address.
func (a *Attribute) Endpoint(r *Record) (Endpoint, bool) {
	if a.Address == nil {
		return Endpoint{}, false
	}
	return a.Address(r)
}

// AppendText appends the value as the programs print it, without padding:
// nothing where the record has no value, except for those attributes that
// print as zero. Management records have values of their own in some columns.
// o may be nil for the defaults; it is not kept.
func (a *Attribute) AppendText(dst []byte, r *Record, o *TextOptions) []byte {
	if o == nil {
		o = &TextOptions{}
	}
	if a.text == nil { // not of a registry
		return a.appender()(dst, r, o)
	}
	return a.text(dst, r, o)
}

// Appender returns the function behind AppendText for records of a kind, for
// those who print many: the options are not nil, and nothing is left to decide.
func (a *Attribute) Appender(k Kind) func(dst []byte, r *Record, o *TextOptions) []byte {
	switch {
	case k == Management && a.look.flowsOnly:
		return func(dst []byte, _ *Record, _ *TextOptions) []byte { return dst }
	case k == Management && a.manage != nil:
		return func(dst []byte, r *Record, _ *TextOptions) []byte {
			return appendInt(dst, a.manage(r.Management()))
		}
	}
	return a.plainAppender()
}

// appender chooses how the value is appended.
func (a *Attribute) appender() textFunc {
	plain := a.plainAppender()
	if a.look.flowsOnly {
		return func(dst []byte, r *Record, o *TextOptions) []byte {
			if r.Kind() == Management {
				return dst
			}
			return plain(dst, r, o)
		}
	}
	if a.manage == nil {
		return plain
	}
	return func(dst []byte, r *Record, o *TextOptions) []byte {
		if r.Kind() != Management {
			return plain(dst, r, o)
		}
		return appendInt(dst, a.manage(r.Management()))
	}
}

func (a *Attribute) plainAppender() textFunc {
	zero := a.look.zero
	switch {
	case a.Text != nil:
		return a.Text
	case a.Kind == TimeValue && a.Int != nil:
		get := a.Int
		return func(dst []byte, r *Record, o *TextOptions) []byte {
			v, ok := get(r)
			if !ok && !zero && !r.Has(DSRTime) {
				return dst
			}
			return o.appendTime(dst, v)
		}
	case a.Kind == DurationValue && a.Int != nil:
		get, abbrev := a.Int, a.look.abbrev
		return func(dst []byte, r *Record, o *TextOptions) []byte {
			v, ok := get(r)
			if !ok && !zero {
				return dst
			}
			return o.appendSeconds(dst, v, abbrev)
		}
	case a.Int != nil && a.look.hex == 0:
		get, look := a.Int, a.look
		return func(dst []byte, r *Record, o *TextOptions) []byte {
			v, ok := get(r)
			if o.Format == nil && !o.Abbreviate && (ok || zero) && (v != 0 || !look.blankZero) {
				return appendInt(dst, v)
			}
			return look.appendInteger(dst, v, ok, o)
		}
	case a.Int != nil:
		get, look := a.Int, a.look
		return func(dst []byte, r *Record, o *TextOptions) []byte {
			v, ok := get(r)
			return look.appendInteger(dst, v, ok, o)
		}
	}
	get, abbrev := a.Float, a.look.abbrev
	return func(dst []byte, r *Record, o *TextOptions) []byte {
		v, ok := get(r)
		switch {
		case !ok && !zero:
			return dst
		case abbrev && o.Abbreviate:
			return appendAbbreviated(dst, v, o.digits(), false)
		}
		return AppendFixed(dst, v, o.digits())
	}
}

func (l *look) appendInteger(dst []byte, v int64, ok bool, o *TextOptions) []byte {
	switch {
	case !ok && !l.zero, v == 0 && l.blankZero:
		return dst
	case o.Format != nil:
		return o.Format.append(dst, uint64(v))
	case l.hex > 0:
		return appendHex(dst, uint64(v), l.hex)
	case l.abbrev && o.Abbreviate:
		return appendAbbreviated(dst, float64(v), o.digits(), true)
	}
	return appendInt(dst, v)
}
