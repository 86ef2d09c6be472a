package printer

import (
	"fmt"
	"io"
	"slices"
	"unicode/utf8"

	"github.com/seed-6ae541b3/goargus/record"
)

// Printer prints records. It belongs to one goroutine.
type Printer struct {
	w     io.Writer
	given Config // as New got it
	cfg   Config
	cols  []column
	mars  []column // the same with the values that management records have
	pos   record.Position
	row   rowFunc
	safe  rowFunc // the same for content that is not plain ASCII; nil if row is for any

	parts []stretch // Separated

	buf    []byte
	begun  bool // a record, and so a title or header, was written
	reason error

	pool   pool          // of workers
	rec    record.Record // of a worker, with the shapes of those before
	shapes record.Shapes
}

// rowFunc appends a record without the end of the line.
type rowFunc = func(p *Printer, dst []byte, r *record.Record) []byte

// column is a field made ready.
type column struct {
	attr  *record.Attribute
	text  func(dst []byte, r *record.Record, o *record.TextOptions) []byte // the value
	opts  *record.TextOptions                                              // its own: it has the width, the format and caches
	title string
	width int
	left  bool
	join  bool   // text: a period in place of the blank before it
	key   string // JSON: ,"name":
	kind  record.ValueKind

	number bool // the text is a number, in decimal or hexadecimal, or nothing
}

// flushSize is how much is buffered before it is written.
const flushSize = 64 << 10

// lineRoom is more than most lines are long.
const lineRoom = 4 << 10

// New returns a printer to w. Close writes what is buffered.
func New(w io.Writer, cfg Config) (*Printer, error) {
	p := &Printer{w: w, given: cfg, cfg: cfg, pool: pool{workers: cfg.Workers}}
	if cfg.Workers < 0 {
		return nil, fmt.Errorf("printer: %d workers: want 0 or more", cfg.Workers)
	}
	if p.cfg.Registry == nil {
		p.cfg.Registry = record.Attributes()
	}
	if p.cfg.Fields == nil {
		p.cfg.Fields = DefaultFields()
	}
	if p.cfg.Text.Names == nil {
		p.cfg.Text.Names = cfg.Names.Functions()
	}
	if p.cfg.Separator == 0 {
		p.cfg.Separator = ','
	}
	if p.cfg.Quote == 0 {
		p.cfg.Quote = '"'
	}
	p.cfg.Text.Position = &p.pos
	p.cfg.Text.Plain = cfg.Form == Separated
	p.cfg.Text.BareData = cfg.Form == JSON || cfg.Form == TypedJSON
	if err := p.form(); err != nil {
		return nil, err
	}
	if p.cfg.Form == JSON || p.cfg.Form == TypedJSON || p.cfg.Form == XML {
		p.cfg.Fields = once(p.cfg.Fields)
	}
	for i, f := range p.cfg.Fields {
		c, err := p.column(f)
		if err != nil {
			return nil, err
		}
		if i > 0 && c.attr.Joins != "" && !cfg.NoPeriod && cfg.Form == Text {
			to, _ := p.cfg.Registry.Lookup(c.attr.Joins)
			c.join = to == p.cols[i-1].attr
		}
		p.cols = append(p.cols, c)
		c.text = c.attr.Appender(record.Management)
		p.mars = append(p.mars, c)
	}
	p.parts = p.stretches()
	return p, nil
}

// columns are those of the kind of record.
func (p *Printer) columns(r *record.Record) []column {
	if r.Kind() == record.Management {
		return p.mars
	}
	return p.cols
}

// once leaves out fields that were there before: members have one name each.
func once(fields []Field) []Field {
	var out []Field
	seen := map[*record.Attribute]bool{}
	for _, f := range fields {
		if !seen[f.Attribute] {
			seen[f.Attribute] = true
			out = append(out, f)
		}
	}
	return out
}

func (p *Printer) form() error {
	switch p.cfg.Form {
	case Text:
		p.row, p.safe = (*Printer).fixedRow, (*Printer).safeTextRow
		if p.cfg.Variable {
			p.row = (*Printer).variableRow
		}
		if p.cfg.Color {
			p.row, p.safe = (*Printer).colorRow, nil
		}
	case Separated:
		p.row = (*Printer).separatedRow
		if p.cfg.Separator >= utf8.RuneSelf || p.cfg.QuoteAll {
			p.row = (*Printer).safeSeparatedRow
		}
	case JSON:
		p.row = (*Printer).jsonRow
	case TypedJSON:
		p.row = (*Printer).typedRow
	case XML:
		p.row = (*Printer).xmlRow
	default:
		return fmt.Errorf("printer: unknown form %d", p.cfg.Form)
	}
	if p.cfg.Form != Text && p.cfg.Form != Separated {
		p.cfg.Titles = NoTitles
	}
	return nil
}

// column makes a field ready.
func (p *Printer) column(f Field) (column, error) {
	a := f.Attribute
	opts := p.cfg.Text
	c := column{attr: a, opts: &opts, title: a.Title, width: f.Width, left: a.Left, kind: a.Kind, key: `,"` + a.Name + `":`}
	if c.width == 0 {
		c.width = a.Width
	}
	opts.Width = c.width
	if err := setFormat(&opts, a, f.Format); err != nil {
		return c, fmt.Errorf("field %s: %w", a.Name, err)
	}
	switch a.Kind {
	case record.TimeValue:
		c.width = timeWidth(&opts, c.width)
	case record.BytesValue:
		c.left = true
		c.width = dataWidth(&opts, c.width)
	}
	if p.cfg.Form == XML {
		c.key = xmlName(a)
		opts.Time, _ = record.ParseTimeFormat(xmlTime)
	}
	if p.cfg.Percent != nil {
		p.percent(&c)
	}
	c.text = c.attr.Appender(record.FlowRecord)
	c.number = c.kind.Numeric() && c.attr.Text == nil && c.opts.Format == nil
	if c.number { // nothing of its own in the options
		c.opts = &p.cfg.Text
	}
	return c, nil
}

func setFormat(o *record.TextOptions, a *record.Attribute, format string) (err error) {
	switch {
	case format == "" || format == "%s":
	case a.Kind == record.TimeValue:
		o.Time, err = record.ParseTimeFormat(format)
	case a.Int != nil || a.Kind == record.AddressValue || a.Kind == record.TextValue:
		o.Format, err = record.ParseFormat(format)
	default:
		err = fmt.Errorf("a %s takes no format", a.Kind)
	}
	return err
}

// timeWidth is the width of a column of times: 12 is what is before the
// fraction, if there is no format that says otherwise.
func timeWidth(o *record.TextOptions, width int) int {
	text := o.AppendTime(nil, 1_700_000_000_123_456_789)
	if o.Time != nil && !o.UnixTime {
		return max(width, len(text))
	}
	return width + o.Digits()
}

// dataWidth is the width of a column of captured bytes: they are encoded, after
// s[n]=.
func dataWidth(o *record.TextOptions, width int) int {
	n := width
	if o.Data == record.DataBase16 || o.Data == record.DataBase64 {
		n *= 2
	}
	n += 8
	if width >= 10 {
		n++
	}
	if width >= 100 {
		n++
	}
	return n
}

// Print prints a record, if the configuration wants its kind. Records are
// buffered: Flush and Close write them.
func (p *Printer) Print(r *record.Record) error {
	return p.PrintAt(r, 0)
}

// PrintAt is Print for a record whose offset in its file is known, which is
// what the attribute offset shows.
func (p *Printer) PrintAt(r *record.Record, offset int64) error {
	if p.reason != nil {
		return p.reason
	}
	switch k := r.Kind(); {
	case k == record.Management && !p.cfg.Management, k == record.Event && !p.cfg.Events:
		return nil
	}
	if p.pool.workers > 1 {
		if !r.Changed() {
			return p.add(r, offset)
		}
		if err := p.drain(); err != nil {
			return err
		}
	}
	p.lineOf(r, offset)
	if len(p.buf) >= flushSize {
		return p.write()
	}
	return nil
}

// twice reports whether a record has two lines.
func (p *Printer) twice(r *record.Record) bool { return p.cfg.Rmon && r.IsFlow() }

// lineOf appends the line of a record, or its two.
func (p *Printer) lineOf(r *record.Record, offset int64) {
	p.pos.Offset = offset
	p.line(r)
	if p.twice(r) {
		r.Reverse()
		p.line(r)
		r.Reverse()
	}
}

// line appends the line of a record, and what goes before it.
func (p *Printer) line(r *record.Record) {
	if !p.begun {
		p.begun = true
		p.pos.Origin = int64(r.StartTime())
		p.buf = p.header(p.buf, r)
	}
	if p.titlesDue() {
		p.buf = p.titles(p.buf)
	}
	p.pos.Rank++
	p.buf = slices.Grow(p.buf, lineRoom) // so that rows rarely grow it
	at := len(p.buf)
	p.buf = p.row(p, p.buf, r)
	if p.safe != nil && !plainText(p.buf, at) {
		p.buf = p.safe(p, p.buf[:at], r)
	}
	p.buf = append(p.buf, '\n')
	if p.cfg.Text.Data == record.DataHexDump {
		p.buf = p.dumps(p.buf, r)
	}
}

// header appends what goes before all records.
func (p *Printer) header(dst []byte, r *record.Record) []byte {
	if p.cfg.Form == XML {
		return p.xmlHeader(dst, r)
	}
	return dst
}

func (p *Printer) titlesDue() bool {
	n := p.cfg.Titles
	return n == 0 && p.pos.Rank == 0 || n > 0 && p.pos.Rank%int64(n) == 0
}

func (p *Printer) titles(dst []byte) []byte {
	if p.cfg.Form == Separated {
		return append(p.separatedTitles(dst), '\n')
	}
	if p.cfg.Color {
		return append(p.colorTitles(dst), '\n')
	}
	return append(p.textTitles(dst), '\n')
}

// Printed is the number of lines that were printed, titles not counted.
func (p *Printer) Printed() int64 { return p.pos.Rank }

// Flush writes what is buffered.
func (p *Printer) Flush() error {
	if p.reason != nil {
		return p.reason
	}
	return p.drain()
}

// write writes the lines of this goroutine.
func (p *Printer) write() error {
	if p.reason == nil && len(p.buf) > 0 {
		_, p.reason = p.w.Write(p.buf)
		p.buf = p.buf[:0]
	}
	return p.reason
}

// Close writes what is buffered and the end of the document, and ends the
// workers. It does not close the writer.
func (p *Printer) Close() error {
	defer p.pool.stop()
	if err := p.Flush(); err != nil {
		return err
	}
	if p.cfg.Form == XML && p.begun {
		p.buf = append(p.buf, "</ArgusDataStream>\n"...)
	}
	return p.write()
}

// All prints every record of a stream, and ends with Close. After an error of
// the stream what came before it is written, too.
func (p *Printer) All(s record.Stream) error {
	for r, err := range s {
		if err == nil {
			err = p.Print(r)
		}
		if err != nil {
			_ = p.Close() // the first error counts
			return err
		}
	}
	return p.Close()
}
