package record

// textFunc appends the text of a value.
type textFunc = func(dst []byte, r *Record, o *TextOptions) []byte

// The rows of the built-in registry are made by the constructors below: a new
// attribute is one row in one of the attribute_*.go tables.

// integer is a whole number; get reports whether the record has it.
func integer(name, title string, width int, unit string, side Side, from DSRSet, get func(*Record) (int64, bool), doc string) Attribute {
	return Attribute{Name: name, Title: title, Width: width, Kind: NumberValue, Unit: unit, Side: side, From: from, Int: get, Doc: doc}
}

// decimal is a number with fractions.
func decimal(name, title string, width int, unit string, side Side, from DSRSet, get func(*Record) (float64, bool), doc string) Attribute {
	return Attribute{Name: name, Title: title, Width: width, Kind: NumberValue, Unit: unit, Side: side, From: from, Float: get, Doc: doc}
}

// duration is a time span, got in nanoseconds.
func duration(name, title string, width int, side Side, from DSRSet, get func(*Record) (int64, bool), doc string) Attribute {
	return Attribute{Name: name, Title: title, Width: width, Kind: DurationValue, Unit: "s", Side: side, From: from, Int: get, Doc: doc}
}

// moment is a time, got in nanoseconds since the epoch.
func moment(name, title string, side Side, get func(*Record) (int64, bool), doc string) Attribute {
	return Attribute{Name: name, Title: title, Width: 12, Kind: TimeValue, Unit: "s", Side: side, From: Set(DSRTime), Int: get, Doc: doc}
}

// word is text of any kind.
func word(name, title string, width int, kind ValueKind, side Side, from DSRSet, text func([]byte, *Record, *TextOptions) []byte, doc string) Attribute {
	return Attribute{Name: name, Title: title, Width: width, Kind: kind, Side: side, From: from, Text: text, Doc: doc}
}

// address is an address; where there is more to print than that, text says it.
func address(name, title string, side Side, from DSRSet, get func(*Record) (Endpoint, bool), doc string) Attribute {
	a := Attribute{Name: name, Title: title, Width: 18, Kind: AddressValue, Side: side, From: from, Address: get, Doc: doc}
	a.Text = func(dst []byte, r *Record, o *TextOptions) []byte {
		if e, ok := get(r); ok {
			return o.appendEndpoint(dst, e, bitsOf(e))
		}
		return dst
	}
	return a
}

// reserved is an attribute that Argus names and never fills.
func reserved(name, title string, width int, side Side, unit string) Attribute {
	return integer(name, title, width, unit, side, 0, func(*Record) (int64, bool) { return 0, false }, "reserved by Argus, always blank")
}

// Changes to a row, for the few that are not like the others.

// orZero makes an absent value print as zero.
func (a Attribute) orZero() Attribute { a.look.zero = true; return a }

// ofFlows leaves management records without a value.
func (a Attribute) ofFlows() Attribute { a.look.flowsOnly = true; return a }

// noZero makes zero print as nothing.
func (a Attribute) noZero() Attribute { a.look.blankZero = true; return a }

// inHex prints the number as 0x and at least n digits.
func (a Attribute) inHex(n int) Attribute { a.look.hex = n; return a }

// abbreviated lets the number be shortened with K, M, G on request.
func (a Attribute) abbreviated() Attribute { a.look.abbrev = true; return a }

// alias adds other names.
func (a Attribute) alias(names ...string) Attribute { a.Aliases = names; return a }

// percent gives the title that the value has in percent of the total of all
// records and, if its percentage is of something else, the attribute that is.
func (a Attribute) percent(title, of string) Attribute {
	a.PercentTitle, a.PercentOf = title, of
	return a
}

// rmon gives the title where each end is printed in a line of its own.
func (a Attribute) rmon(title string) Attribute { a.RmonTitle = title; return a }

// raw gives the bytes themselves.
func (a Attribute) raw(get func(*Record) []byte) Attribute { a.Bytes = get; return a }

// structured says that the text is a list of object=value.
func (a Attribute) structured() Attribute { a.Structured = true; return a }

// managed gives the column a value in management records.
func (a Attribute) managed(get func(*ManagementInfo) int64) Attribute { a.manage = get; return a }

// centered centres the title.
func (a Attribute) centered() Attribute { a.Center = true; return a }

// padded keeps blanks at the end in separated output.
func (a Attribute) padded() Attribute { a.KeepBlanks = true; return a }

// wide sets another width.
func (a Attribute) wide(n int) Attribute { a.Width = n; return a }

// on gets a whole number that is there whenever a DSR is.
func on(d DSR, get func(*Record) int64) func(*Record) (int64, bool) {
	return func(r *Record) (int64, bool) {
		v := get(r) // first: a malformed DSR is found now
		return v, r.Has(d)
	}
}

// fon gets a number that is there whenever a DSR is.
func fon(d DSR, get func(*Record) float64) func(*Record) (float64, bool) {
	return func(r *Record) (float64, bool) {
		v := get(r)
		return v, r.Has(d)
	}
}
