// Command rahisto makes histograms of values of flow records, as text, JSON or a
// picture. Its options are those of the real rahisto.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus/tally"
	"github.com/seed-6ae541b3/goargus/examples/internal/cli"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
	"github.com/seed-6ae541b3/goargus/record"
)

const usage = `usage: rahisto [options] -H [abs] FIELD BINS[L][:RANGE] -r FILE... [- filter expression]

Counts records by classes of a value.

  -H FIELD BINS[L][:LOW-HIGH | :WIDTH]
                 classes of equal width, or of equal ratio with L. Without a range it is
                 that of the values, and files are read twice. A suffix scales both ends:
                 u m s M H D for times, u m K M G else. May be repeated
  -M nozero      leave out empty classes
  -M outlayer    count what is outside of the range too
  -M interval    print both borders of a class
  -M json        an object for each histogram
  -c ,           columns separated by a comma
  -w FILE        draw the (first) histogram: FILE ends in .png, .svg or .pdf

The options of ra for input are there too.

examples
  rahisto -r flows.arg -H dur 10
  rahisto -r flows.arg -H bytes 20L:1-1000000 -M outlayer -w bytes.svg
`

type options struct {
	histograms                 []*tally.Histogram
	open                       []*tally.Histogram // without a range yet
	texts                      []string
	nozero, outliers, interval bool
	picture                    string
}

func main() {
	var o options
	p := cli.Program{
		Name: "rahisto", Usage: usage,
		Options: map[string]getopt.Arity{"H": getopt.Many, "w": getopt.One},
		Set:     o.set, Mode: o.mode, Run: o.run,
	}
	p.Main()
}

func (o *options) set(_ *cli.Client, opt getopt.Option) error {
	if opt.Name == "H" {
		o.texts = append(o.texts, strings.Join(opt.Values, " "))
		return nil
	}
	o.picture = opt.Value()
	if !slices.Contains([]string{".png", ".svg", ".pdf"}, filepath.Ext(o.picture)) {
		return cli.Usagef("-w %s: want a picture: .png, .svg or .pdf", o.picture)
	}
	return nil
}

func (o *options) mode(_ *cli.Client, words []string) (int, error) {
	switch words[0] {
	case "nozero":
		o.nozero = true
	case "outlayer", "outlier", "outliers":
		o.outliers = true
	case "interval":
		o.interval = true
	default:
		return 0, nil
	}
	return 1, nil
}

func (o *options) run(ctx context.Context, c *cli.Client) error {
	if len(o.texts) == 0 {
		return cli.Usagef("want a histogram: -H FIELD BINS")
	}
	for _, text := range o.texts {
		h, ranged, err := tally.ParseHistogram(text, c.Print.Registry)
		if err != nil {
			return &cli.UsageError{Err: fmt.Errorf("-H: %w", err)}
		}
		o.histograms = append(o.histograms, h)
		if !ranged {
			o.open = append(o.open, h)
		}
	}
	if err := o.findRanges(ctx, c); err != nil {
		return err
	}
	for r, err := range c.Input().Records(ctx) {
		if err != nil {
			return err
		}
		for _, h := range o.histograms {
			h.Add(r)
		}
	}
	if o.picture != "" {
		if err := draw(o.histograms[0], o.outliers, o.picture); err != nil {
			return err
		}
	}
	out := bufio.NewWriter(os.Stdout)
	for _, h := range o.histograms {
		if err := o.print(out, h, c); err != nil {
			return err
		}
	}
	return out.Flush()
}

// findRanges reads the input for the range of the values.
func (o *options) findRanges(ctx context.Context, c *cli.Client) error {
	if len(o.open) == 0 {
		return nil
	}
	if name := c.ReadOnce(); name != "" {
		return cli.Usagef("-H: %s cannot be read twice: want a range, such as %s:0-100", name, o.texts[0])
	}
	low, high := make([]float64, len(o.open)), make([]float64, len(o.open))
	for i := range o.open {
		low[i], high[i] = math.Inf(1), math.Inf(-1)
	}
	for r, err := range c.Input().Records(ctx) {
		if err != nil {
			return err
		}
		for i, h := range o.open {
			if v, ok := h.Value(r); ok {
				low[i], high[i] = math.Min(low[i], v), math.Max(high[i], v)
			}
		}
	}
	for i, h := range o.open {
		if low[i] > high[i] {
			return fmt.Errorf("-H %s: no record has a value", h.Attribute.Name)
		}
		h.SetRange(low[i], high[i])
		if err := h.Check(); err != nil {
			return err
		}
	}
	return nil
}

func (o *options) print(out io.Writer, h *tally.Histogram, c *cli.Client) error {
	stats, classes := h.Stats(o.outliers), h.Classes(o.outliers)
	if c.JSON() {
		return o.printJSON(out, h, stats, classes)
	}
	digits := c.Print.Text.Digits()
	value := func(v float64) string {
		if h.Attribute.Int != nil && h.Attribute.Kind != record.DurationValue && v == math.Trunc(v) {
			return fmt.Sprintf("%.0f", v)
		}
		return fmt.Sprintf("%.*f", digits, v)
	}
	var modes []string
	for _, m := range stats.Modes {
		modes = append(modes, value(m))
	}
	if c.Separated() {
		fmt.Fprintf(out, "N=%d,mean=%.*f,stddev=%.*f,max=%s,min=%s,median=%s,95%%=%s,mode=%s\n", stats.N, digits, stats.Mean, digits, stats.StdDev,
			value(stats.Max), value(stats.Min), value(stats.Median), value(stats.P95), strings.Join(modes, ";"))
		fmt.Fprintln(out, "Class,Interval,Freq,Rel.Freq,Cum.Freq")
	} else {
		fmt.Fprintf(out, " N = %-6d  mean = %.*f  stddev = %.*f  max = %s  min = %s\n", stats.N, digits, stats.Mean, digits, stats.StdDev, value(stats.Max), value(stats.Min))
		fmt.Fprintf(out, "           median = %10s     95%% = %s\n", value(stats.Median), value(stats.P95))
		if len(modes) > 0 {
			fmt.Fprintf(out, "             mode = %10s\n", strings.Join(modes, ","))
		}
		fmt.Fprintln(out, " Class      Interval         Freq    Rel.Freq     Cum.Freq    ")
	}
	sum := uint64(0)
	number := 0
	for _, class := range classes {
		if class.Count == 0 && o.nozero {
			continue
		}
		number++
		sum += class.Count
		rel, cum := 0.0, 0.0
		if stats.N > 0 {
			rel, cum = 100*float64(class.Count)/float64(stats.N), 100*float64(sum)/float64(stats.N)
		}
		border := strings.ToLower(fmt.Sprintf("%e", class.Low))
		if o.interval {
			border += fmt.Sprintf("-%e", class.High)
		}
		if c.Separated() {
			fmt.Fprintf(out, "%d,%s,%d,%.4f%%,%.4f%%\n", number, border, class.Count, rel, cum)
			continue
		}
		fmt.Fprintf(out, "%6d    %12s %10d   %8.4f%%   %9.4f%%    \n", number, border, class.Count, rel, cum)
	}
	return nil
}

// printJSON prints a histogram as an object. Infinite borders are null.
func (o *options) printJSON(out io.Writer, h *tally.Histogram, s tally.Stats, classes []tally.Class) error {
	border := func(v float64) any {
		if math.IsInf(v, 0) {
			return nil
		}
		return v
	}
	var list []map[string]any
	for _, class := range classes {
		if class.Count > 0 || !o.nozero {
			list = append(list, map[string]any{"low": border(class.Low), "high": border(class.High), "count": class.Count})
		}
	}
	return json.NewEncoder(out).Encode(map[string]any{
		"field": h.Attribute.Name, "n": s.N, "mean": s.Mean, "stddev": s.StdDev, "min": s.Min, "max": s.Max,
		"median": s.Median, "p95": s.P95, "modes": s.Modes, "classes": list,
	})
}
