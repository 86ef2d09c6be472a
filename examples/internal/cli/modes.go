package cli

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/record"
)

// mode is a word of -M, with what stands behind "=" or ":" if anything does. It
// may take words that follow, and returns how many.
type mode func(c *Client, value string, more []string) (int, error)

func plainMode(set func(c *Client)) mode {
	return func(c *Client, _ string, _ []string) (int, error) { set(c); return 0, nil }
}

func valueMode(set func(c *Client, value string) error) mode {
	return func(c *Client, value string, _ []string) (int, error) { return 0, set(c, value) }
}

func refusedMode(why string) mode {
	return func(*Client, string, []string) (int, error) { return 0, Usagef("%s", why) }
}

// modes are the modes that all clients have.
var modes = map[string]mode{
	"json":      (*Client).jsonMode,
	"xml":       plainMode(func(c *Client) { c.Print.Form = printer.XML }),
	"zeek":      valueMode((*Client).setZeek),
	"printer":   valueMode((*Client).setDataStyle),
	"man":       plainMode(func(c *Client) { c.printed[0] = true }),
	"noman":     plainMode(func(c *Client) { c.printed[0] = false }),
	"strict3":   plainMode(func(c *Client) { c.Strict3 = true }),
	"rmon":      plainMode(func(c *Client) { c.Print.Rmon = true }),
	"uni":       plainMode(func(c *Client) { c.Unidirectional = true }),
	"oui":       plainMode(func(c *Client) { c.Print.Text.VendorMAC = true }),
	"disa":      plainMode(func(c *Client) { c.useDISA() }),
	"pzero":     plainMode(func(c *Client) { c.Print.Text.ZeroPorts = true }),
	"hzero":     plainMode(func(c *Client) { c.Print.Text.ZeroHash = true }),
	"correct":   plainMode(func(c *Client) { c.correction().Evidence = true }),
	"nocorrect": plainMode(func(c *Client) { c.Correct = nil }),
	"TZ":        valueMode(func(c *Client, v string) error { c.zone = v; return nil }),
	"label":     valueMode((*Client).setLabelMatch),
	"group":     valueMode((*Client).setGroupMatch),
	"dsrs":      valueMode((*Client).setDSRs),
	"rtime":     valueMode((*Client).setPace),
	"realtime":  valueMode((*Client).setPace),

	"poll":     plainMode(func(c *Client) { c.servers.poll = true }),
	"saslmech": valueMode((*Client).setMechanism),

	"eframe":   refusedMode("-M eframe: counters are printed as the sensor made them: leave it out"),
	"newick":   refusedMode("-M newick: only programs that print trees have it: leave it out"),
	"sql":      refusedMode("-M sql: reading from a database is not supported: read files, and pick records by a filter"),
	"baseline": refusedMode("-M baseline: it belongs to programs that compare: leave it out"),
	"gen":      refusedMode("-M gen: records are not made up: leave it out"),
	"lock":     refusedMode("-M lock: files are not locked: leave it out"),
}

// setModes reads the words of one -M. Those of the program win.
func (c *Client) setModes(p *Program, list []string) error {
	for len(list) > 0 {
		word, more := list[0], list[1:]
		name, value, _ := cutAny(word, "=:")
		set, ok := modes[name]
		own, err := 0, error(nil)
		if p.Mode != nil {
			own, err = p.Mode(c, list)
		}
		taken := max(own-1, 0)
		switch {
		case err != nil || own > 0:
		case ok:
			taken, err = set(c, value, more)
		default:
			err = Usagef("-M %s: unknown mode", word)
		}
		if err != nil {
			return err
		}
		list = more[taken:]
	}
	return nil
}

// jsonMode is json, json=typed, and json with a word for absent values.
func (c *Client) jsonMode(value string, more []string) (int, error) {
	c.Print.Form = printer.JSON
	switch value {
	case "":
	case "typed":
		c.Print.Form = printer.TypedJSON
	default:
		return 0, Usagef("-M json=%s: want json or json=typed", value)
	}
	if len(more) == 0 {
		return 0, nil
	}
	absent, ok := map[string]printer.Absent{"null": printer.Null, "empty": printer.Empty, "omit": printer.Omit}[more[0]]
	if more[0] == "d3" {
		return 0, Usagef("-M json d3: dates as calls of JavaScript are no JSON: use json=typed, whose times Date.parse reads")
	}
	if !ok {
		return 0, nil
	}
	c.Print.Absent = absent
	return 1, nil
}

// setDataStyle reads printer= and RA_USERDATA_ENCODE.
func (c *Client) setDataStyle(v string) error {
	v = strings.ToLower(v)
	switch {
	case v == "ascii":
		c.Print.Text.Data = record.DataASCII
	case strings.HasPrefix(v, "ob"):
		c.Print.Text.Data = record.DataObscured
	case v == "hex":
		c.Print.Text.Data = record.DataHexDump
	case v == "encode32":
		c.Print.Text.Data = record.DataBase16
	case v == "encode64":
		c.Print.Text.Data = record.DataBase64
	default:
		return Usagef("user data as %q: want ascii, obfuscate, hex, encode32 or encode64", v)
	}
	return nil
}

func (c *Client) setLabelMatch(v string) error {
	re, err := regexp.Compile(v)
	if err != nil {
		return Usagef("-M label=%s: %w", v, err)
	}
	c.label = re
	return nil
}

func (c *Client) setGroupMatch(v string) error {
	re, err := regexp.Compile(v)
	if err != nil {
		return Usagef("-M group=%s: %w", v, err)
	}
	m := &groupMatch{re: re}
	for i, name := range []string{"sgrp", "dgrp"} {
		m.groups[i], _ = record.Lookup(name)
	}
	c.group = m
	return nil
}

// groupMatch picks records by the group of one of their ends.
type groupMatch struct {
	re     *regexp.Regexp
	groups [2]*record.Attribute
	buf    []byte
}

func (m *groupMatch) match(r *record.Record) bool {
	for _, a := range m.groups {
		m.buf = a.AppendText(m.buf[:0], r, nil)
		if len(m.buf) > 0 && m.re.Match(m.buf) {
			return true
		}
	}
	return false
}

func (c *Client) setPace(v string) error {
	c.Pace = 1
	if v == "" {
		return nil
	}
	f, err := strconv.ParseFloat(v, 64)
	if err != nil || f <= 0 {
		return Usagef("-M rtime:%s: want how many times as fast", v)
	}
	c.Pace = f
	return nil
}

// setSummary is -a: what the real programs do with it is nothing.
func (c *Client) setSummary(v string) error {
	if n, err := strconv.Atoi(v); err != nil || n < 0 {
		return Usagef("-a %s: want a number", v)
	}
	return nil
}

// correction returns the options of direction correction, which it switches on.
func (c *Client) correction() *record.CorrectOptions {
	if c.Correct == nil {
		c.Correct = &record.CorrectOptions{}
	}
	return c.Correct
}
