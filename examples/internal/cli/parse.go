package cli

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
	"github.com/seed-6ae541b3/goargus/filter"
	"github.com/seed-6ae541b3/goargus/record"
)

// option is a common option: how many words it takes, and what it does.
type option struct {
	arity getopt.Arity
	set   func(c *Client, o getopt.Option) error
}

func toggle(to func(c *Client)) option {
	return option{getopt.None, func(c *Client, _ getopt.Option) error { to(c); return nil }}
}

func value(set func(c *Client, v string) error) option {
	return option{getopt.One, func(c *Client, o getopt.Option) error { return set(c, o.Value()) }}
}

func words(set func(c *Client, words []string) error) option {
	return option{getopt.Many, func(c *Client, o getopt.Option) error { return set(c, o.Values) }}
}

// refused is an option of the real programs that these do not have.
func refused(arity getopt.Arity, why string) option {
	return option{arity, func(_ *Client, o getopt.Option) error { return Usagef("-%s: %s", o.Name, why) }}
}

// options are the options that all clients have.
var options map[string]option

func init() { // its functions refer to the table
	options = map[string]option{
		"r": words(func(c *Client, files []string) error { c.Files = append(c.Files, files...); return nil }),
		"R": words((*Client).addTrees),
		"f": toggle(func(c *Client) { c.Follow = true }),
		"F": value((*Client).readConf),
		"X": toggle(func(c *Client) { *c = *newClient(c.Program) }),
		"o": value((*Client).setVariable),
		"N": value((*Client).setLimit),
		"t": value(func(c *Client, v string) error { c.timeRange = v; return nil }),
		"T": value((*Client).setRunTime),
		"e": value((*Client).setDataMatch),

		"s": words(func(c *Client, items []string) error { c.fields = append(c.fields, items...); return nil }),
		"m": words(func(c *Client, keys []string) error { c.Keys = append(c.Keys, keys...); return nil }),
		"M": {getopt.Many, nil}, // modes are for programs too
		"c": value((*Client).setSeparator),
		"L": value((*Client).setTitles),
		"n": toggle(func(c *Client) { c.Print.Names = nextLevel(c.Print.Names) }),
		"p": value((*Client).setPrecision),
		"u": toggle(func(c *Client) { c.Print.Text.UnixTime = true }),
		"z": toggle(func(c *Client) { c.Print.Text.TCPState = record.StateLetters }),
		"Z": value((*Client).setFlags),
		"H": toggle(func(c *Client) { c.Print.Text.Abbreviate = true }),
		"%": toggle(func(c *Client) { c.Percent = true }),
		"q": toggle(func(c *Client) { c.Quiet = true }),
		"A": toggle(func(c *Client) { c.Totals = true }),
		"w": {getopt.OneMore, (*Client).addOutput},
		"E": value(func(c *Client, v string) error { c.Rejected = v; return nil }),
		"3": toggle(func(c *Client) { c.Version3 = true }),
		"C": value((*Client).listenFor),
		"S": value((*Client).addServer),
		"b": toggle((*Client).explain),
		"D": value((*Client).setDebug),

		"color":  value((*Client).setColor),
		"fields": toggle(func(c *Client) { c.done = true; listFields(os.Stdout) }),

		"U": value((*Client).setUser),
		"d": toggle(func(c *Client) { c.daemon = !c.daemon }),
		"a": value((*Client).setSummary),
		"O": refused(getopt.None, "the filter is always optimised: leave it out"),
	}
}

// arities are all options and how many words they take.
func (p *Program) arities() map[string]getopt.Arity {
	table := map[string]getopt.Arity{"h": getopt.None, "help": getopt.None, "version": getopt.None, "completion": getopt.One}
	for name, o := range options {
		table[name] = o.arity
	}
	maps.Copy(table, p.Options)
	return table
}

// Parse reads configuration files and options.
func (p *Program) Parse(args []string) (*Client, error) {
	table := p.arities()
	given, rest, err := getopt.Parse(args, table)
	if err != nil {
		return nil, Usagef("%w (%s --help lists the options)", err, p.Name)
	}
	c := newClient(p.Name)
	if !slices.ContainsFunc(given, func(o getopt.Option) bool { return o.Name == "X" }) {
		if err := c.readDefaults(); err != nil {
			return nil, err
		}
	}
	for _, o := range given {
		if err := p.set(c, o); err != nil {
			return nil, err
		}
		if c.done {
			return c, nil
		}
	}
	return c, c.finish(rest)
}

func (p *Program) set(c *Client, o getopt.Option) error {
	if _, own := p.Options[o.Name]; own {
		return p.Set(c, o)
	}
	switch o.Name {
	case "h", "help":
		c.done = true
		fmt.Print(p.Usage)
		return nil
	case "version":
		c.done = true
		fmt.Printf("goargus %s %s\n", p.Name, Version)
		return nil
	case "completion":
		c.done = true
		return p.completion(os.Stdout, o.Value())
	case "M":
		return c.setModes(p, o.Values)
	}
	return options[o.Name].set(c, o)
}

// finish compiles what depends on several options.
func (c *Client) finish(rest []string) error {
	if err := c.setZone(); err != nil {
		return err
	}
	if err := c.setFilter(rest); err != nil {
		return err
	}
	if c.timeRange != "" {
		r, err := filter.ParseTimeRange(c.timeRange, filter.Clock{Location: c.Print.Text.Location})
		if err != nil {
			return Usagef("-t: %w", err)
		}
		c.Range = r
	}
	fields, err := printer.ParseFields(c.Print.Registry, printer.DefaultFields(), c.fields...)
	if err != nil {
		return Usagef("-s: %w", err)
	}
	c.Print.Fields = fields
	c.Print.Management, c.Print.Events = c.printed[0], c.printed[1]
	if err := c.setNames(); err != nil {
		return err
	}
	if c.done {
		return nil
	}
	if len(c.Files) == 0 {
		c.Files = c.servers.defaults
	}
	if len(c.Files) == 0 {
		if isTerminal(os.Stdin) {
			return Usagef("nothing to read: name files with -r, or - for standard input (%s --help lists the options)", c.Program)
		}
		c.Files = []string{"-"}
	}
	return c.arrangeInputs()
}

// setFilter compiles the filter behind the options, or that of a configuration
// file. A word before it that says where it is to run means nothing to files.
func (c *Client) setFilter(rest []string) error {
	where := ""
	if len(rest) > 0 && (rest[0] == "local" || rest[0] == "display" || rest[0] == "remote") {
		where, rest = rest[0], rest[1:]
	}
	text := strings.Join(rest, " ")
	if text == "" {
		text = c.filters
	}
	p, err := filter.Compile(text)
	if err != nil {
		return &UsageError{err}
	}
	c.Filter = p
	if where != "local" && where != "display" { // those keep it from servers
		c.remote = text
	}
	if c.Debug < 0 { // -b
		fmt.Print(filter.Explain(p))
		c.done = true
	}
	return nil
}

// explain is -b: the filter is shown when it is compiled.
func (c *Client) explain() { c.Debug = -1 }

func (c *Client) addOutput(o getopt.Option) error {
	out := Output{File: o.Value()}
	if len(o.Values) > 1 {
		p, err := filter.Compile(o.Values[1])
		if err != nil {
			return Usagef("-w %s: %w", out.File, err)
		}
		out.Filter = p
	}
	c.Outputs = append(c.Outputs, out)
	return nil
}

// nextLevel is the level of names after one more -n.
func nextLevel(n printer.Names) printer.Names {
	switch n {
	case printer.PortNames:
		return printer.ProtoNames
	case printer.ProtoNames:
		return printer.NoNames
	case printer.NoNames:
		return printer.HostNames
	}
	return printer.PortNames
}

func (c *Client) setPrecision(v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 9 {
		return Usagef("-p %s: want a number of digits from 0 to 9", v)
	}
	if n == 0 {
		n = record.NoFraction
	}
	c.Print.Text.Precision = n
	return nil
}

// setTitles reads -L: titles once (0), every n records, or never (-1).
func (c *Client) setTitles(v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < -1 {
		return Usagef("-L %s: want a number of records, 0 for titles once, -1 for none", v)
	}
	c.Print.Titles = n
	return nil
}

func (c *Client) setFlags(v string) error {
	switch v {
	case "s":
		c.Print.Text.TCPState = record.StateSrcFlags
	case "d":
		c.Print.Text.TCPState = record.StateDstFlags
	case "b":
		c.Print.Text.TCPState = record.StateFlags
	default:
		return Usagef("-Z %s: want s, d or b: flags of the source, of the destination, of both", v)
	}
	return nil
}

// setSeparator reads -c: a character, or \t.
func (c *Client) setSeparator(v string) error {
	if v == `\t` {
		v = "\t"
	}
	for _, r := range v {
		c.separate(r)
		return nil
	}
	return Usagef("-c: want a character")
}

func (c *Client) separate(r rune) {
	c.Print.Separator = r
	c.Print.Variable = true
	if c.Print.Form == printer.Text {
		c.Print.Form = printer.Separated
	}
}

func (c *Client) setRunTime(v string) error {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || n < 0 || n > 1e9 {
		return Usagef("-T %s: want seconds", v)
	}
	c.RunTime = time.Duration(n * float64(time.Second))
	return nil
}

func (c *Client) setDebug(v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 {
		return Usagef("-D %s: want a level, 0 for none", v)
	}
	c.Debug = n
	return nil
}

func (c *Client) setColor(v string) error {
	if v != "auto" && v != "always" && v != "never" {
		return Usagef("--color=%s: want auto, always or never", v)
	}
	c.Color = v
	return nil
}

// warn writes a message once.
func (c *Client) warn(format string, args ...any) {
	msg := fmt.Sprintf(format, args...)
	if !c.warned[msg] {
		c.warned[msg] = true
		fmt.Fprintf(os.Stderr, "%s: %s\n", c.Program, msg)
	}
}
