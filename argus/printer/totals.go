package printer

import "github.com/seed-6ae541b3/goargus/record"

// Totals are the sums of counters over all flow records, which Config.Percent
// prints counters in percent of. Add every record in a first pass.
type Totals struct {
	reg  *record.Registry
	sums map[*record.Attribute]float64
}

// NewTotals returns totals of zero over the attributes of a registry; nil is the
// built-in one.
func NewTotals(reg *record.Registry) *Totals {
	if reg == nil {
		reg = record.Attributes()
	}
	t := &Totals{reg: reg, sums: map[*record.Attribute]float64{}}
	for a := range reg.All() {
		if a.PercentTitle != "" && a.PercentOf == "" {
			t.sums[a] = 0
		}
	}
	return t
}

// Add counts a flow record; others do not count.
func (t *Totals) Add(r *record.Record) {
	if !r.IsFlow() {
		return
	}
	for a := range t.sums {
		if v, ok := a.Float64(r); ok {
			t.sums[a] += v
		}
	}
}

// percent makes a column print percentages, if its attribute has any.
func (p *Printer) percent(c *column) {
	a := c.attr
	if a.PercentTitle == "" {
		return
	}
	if of, ok := p.cfg.Percent.reg.Lookup(a.PercentOf); ok && a.PercentOf != "" {
		shown := *of
		shown.Name, shown.Width = a.Name, a.Width
		c.attr, c.kind = &shown, shown.Kind
		c.title = a.PercentTitle
		return
	}
	sum := p.cfg.Percent.sums[a]
	shown := record.Attribute{Name: a.Name, Title: a.Title, Width: a.Width, Kind: a.Kind, RmonTitle: a.RmonTitle}
	shown.Text = func(dst []byte, r *record.Record, o *record.TextOptions) []byte {
		v, ok := a.Float64(r)
		if !ok || sum == 0 {
			v = 0
		} else {
			v = 100 * v / sum
		}
		return record.AppendFixed(dst, v, o.Digits())
	}
	shown.Float = func(r *record.Record) (float64, bool) {
		v, ok := a.Float64(r)
		if sum == 0 {
			return 0, ok
		}
		return 100 * v / sum, ok
	}
	c.attr, c.title = &shown, a.PercentTitle
}
