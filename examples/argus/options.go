package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
	"github.com/seed-6ae541b3/goargus/record"
)

// options are what the command line and configuration files ask for.
type options struct {
	sensor  capture.Config
	files   []string // packet files
	outputs []output
	filter  string // packet filter
	v3      bool   // write version 3
	skip    uint64 // packets to leave out at the start
	limit   uint64 // number of the last packet to read, 0 for all
	dump    bool   // print the compiled packet filter
	help    bool
	version bool
}

// output is where records go.
type output struct{ name, filter string }

// usageError is a command line that cannot be meant. Its exit code is 2.
type usageError struct{ msg string }

func (e *usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

var table = map[string]getopt.Arity{
	"A": getopt.None, "b": getopt.None, "C": getopt.None, "e": getopt.One, "F": getopt.One, "h": getopt.None,
	"J": getopt.None, "m": getopt.None, "M": getopt.One, "N": getopt.One, "r": getopt.Many, "R": getopt.None,
	"S": getopt.One, "U": getopt.One, "w": getopt.OneMore, "X": getopt.None, "Z": getopt.None, "3": getopt.None,
	"help": getopt.None, "version": getopt.None,

	"B": getopt.One, "c": getopt.One, "d": getopt.None, "D": getopt.One, "f": getopt.None, "g": getopt.One,
	"H": getopt.One, "i": getopt.Many, "k": getopt.One, "l": getopt.None, "O": getopt.None, "p": getopt.None,
	"P": getopt.One, "s": getopt.One, "t": getopt.None, "T": getopt.One, "u": getopt.One,
}

// refused are options of the real argus that have no place here, and what to
// do instead.
var refused = map[string]string{
	"B": "this argus serves no clients", "P": "this argus serves no clients: write to a file with -w",
	"c": "run it in a container or with systemd's RootDirectory= instead",
	"d": "run it under a service manager instead", "g": "run it under a service manager's Group= instead",
	"u": "run it under a service manager's User= instead",
	"D": "there is no debug build", "k": "there is no log priority",
	"f": "reading a growing capture is not supported: pipe it into -r -",
	"H": "the table grows as needed", "O": "the filter compiler has no optimizer to turn off",
	"i": "reading from an interface is not supported: pipe a capture into -r -", "l": "reading from an interface is not supported",
	"p": "reading from an interface is not supported", "s": "the capture file has its snap length",
	"t": "TSH files are not supported: convert them to pcap", "T": "flows do not depend on the speed of reading",
}

// parse reads the command line.
func parse(args []string) (*options, error) {
	o := new(options)
	given, rest, err := getopt.Parse(args, table)
	if err != nil {
		return nil, &usageError{err.Error()}
	}
	for _, opt := range given {
		if err := o.apply(opt); err != nil {
			return nil, err
		}
	}
	if len(rest) > 0 {
		o.filter = strings.Join(rest, " ")
	}
	return o, nil
}

func (o *options) apply(opt getopt.Option) error {
	value := opt.Value()
	switch opt.Name {
	case "A":
		o.sensor.AppBytes = true
	case "b":
		o.dump = true
	case "C":
		o.sensor.ControlPlane = true
	case "e":
		return o.setID(value)
	case "F":
		return o.readConf(value)
	case "h", "help":
		o.help = true
	case "version":
		o.version = true
	case "J":
		o.sensor.Jitter = true
	case "m":
		o.sensor.MAC = true
	case "M":
		return setSeconds(&o.sensor.ManagementInterval, "-M", value)
	case "N":
		return o.setRange(value)
	case "r":
		o.files = append(o.files, opt.Values...)
	case "R": // response times are always there
	case "S":
		return setSeconds(&o.sensor.StatusInterval, "-S", value)
	case "U":
		return setInt(&o.sensor.UserData, "-U", value, -1, math.MaxUint16)
	case "w":
		out := output{name: value}
		if len(opt.Values) > 1 {
			out.filter = opt.Values[1]
		}
		o.outputs = append(o.outputs, out)
	case "X":
		files := o.files
		*o = options{files: files}
	case "Z":
		o.sensor.PacketSizes = true
	case "3":
		o.v3 = true
	default:
		return usagef("option -%s: %s", opt.Name, refused[opt.Name])
	}
	return nil
}

// setSeconds reads a number of seconds, with a fraction if wanted. Zero is "at
// once", less is never.
func setSeconds(d *time.Duration, name, value string) error {
	s, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(s) || s > math.MaxUint32 {
		return usagef("%s: expected a number of seconds, found %q", name, value)
	}
	switch {
	case s < 0:
		*d = capture.Never
	case s == 0:
		*d = capture.AtOnce
	default:
		*d = time.Duration(s * float64(time.Second))
	}
	return nil
}

func setInt(to *int, name, value string, low, high int) error {
	n, err := strconv.Atoi(value)
	if err != nil || n < low || n > high {
		return usagef("%s: expected a number from %d to %d, found %q", name, low, high, value)
	}
	*to = n
	return nil
}

// setRange reads -N n (the first n packets) or -N a-b (packets a+1 to b).
func (o *options) setRange(value string) error {
	first, last, isRange := strings.Cut(value, "-")
	if !isRange {
		first, last = "0", value
	}
	skip, err1 := strconv.ParseUint(first, 10, 64)
	limit, err2 := strconv.ParseUint(last, 10, 64)
	if err1 != nil || err2 != nil || limit == 0 || limit < skip {
		return usagef("-N: expected a number of packets or a range a-b, found %q", value)
	}
	o.skip, o.limit = skip, limit
	return nil
}

// setID reads the identifier of the sensor.
func (o *options) setID(value string) error {
	id, err := record.ParseSourceID(value)
	if err != nil {
		return usagef("-e: %v", err)
	}
	o.sensor.SourceID = id
	return nil
}
