package main

import (
	"errors"
	"fmt"
	"image/color"
	"math"
	"os"
	"path/filepath"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/seed-6ae541b3/goargus/argus/tally"
)

// draw draws a histogram to a file, whose name says the form. The file is there
// when it is complete.
func draw(h *tally.Histogram, outliers bool, name string) error {
	p := plot.New()
	p.Title.Text = fmt.Sprintf("%s of %d records", h.Attribute.Name, h.Stats(outliers).N)
	p.X.Label.Text = h.Attribute.Name
	if h.Attribute.Unit != "" {
		p.X.Label.Text += " (" + h.Attribute.Unit + ")"
	}
	p.Y.Label.Text = "records"
	p.Y.Min = 0
	bars := &plotter.Histogram{FillColor: color.RGBA{R: 0x4C, G: 0x78, B: 0xA8, A: 0xFF}, LineStyle: plotter.DefaultLineStyle}
	classes := h.Classes(outliers)
	for _, c := range classes {
		low, high := c.Low, c.High
		if math.IsInf(low, 0) { // outliers are as wide as their neighbours
			low = 2*c.High - classes[1].High
			if h.Log {
				low = c.High * c.High / classes[1].High
			}
		}
		if n := len(classes); math.IsInf(high, 0) {
			high = 2*c.Low - classes[n-2].Low
			if h.Log {
				high = c.Low * c.Low / classes[n-2].Low
			}
		}
		bars.Bins = append(bars.Bins, plotter.HistogramBin{Min: low, Max: high, Weight: float64(c.Count)})
	}
	if len(bars.Bins) > 0 {
		bars.Width = bars.Bins[0].Max - bars.Bins[0].Min
	}
	if h.Log {
		p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{Prec: -1}
	}
	p.Add(plotter.NewGrid(), bars)
	w, err := p.WriterTo(16*vg.Centimeter, 10*vg.Centimeter, filepath.Ext(name)[1:])
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".rahisto-*")
	if err != nil {
		return err
	}
	_, err = w.WriteTo(f)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}
