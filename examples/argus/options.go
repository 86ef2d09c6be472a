package main

import (
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
	"github.com/seed-6ae541b3/goargus/record"
)

// defaultConf is read unless -F or -X is given.
const defaultConf = "/etc/argus.conf"

// liveTableLimit bounds the flows of a live sensor, unless something else is
// asked for: some 300 MB.
const liveTableLimit = 1 << 20

// options are what the command line and configuration files ask for.
type options struct {
	sensor  capture.Config
	files   []string // packet files
	groups  []group  // interfaces
	events  []event  // what is recorded of the machine
	outputs []output
	filter  string  // packet filter
	v3      bool    // write version 3
	skip    uint64  // packets to leave out at the start
	limit   uint64  // number of the last packet to read, 0 for all
	follow  bool    // wait for more at the end of the capture
	speed   float64 // of a replay, 0 for as fast as can be
	dedup   bool    // leave out frames that come twice
	port    uint16  // at which clients are served; 0 for none
	bind    string  // address for that; empty is all
	minSSF  uint64  // least strength of a security layer, of which there is none

	users      map[string]string // their passwords; nil is that clients need none
	mechanisms []string          // by which they authenticate

	snapLen     int // of live captures; 0 is what the records need
	promiscuous bool
	ringSize    int
	rings       int
	queueSize   int
	user, group string // to change to once devices are open
	http        string // address of counters and profiles
	jsonLog     bool
	packets     packetCopy // copies packets to a file

	dump    bool // print the compiled packet filter
	list    bool // list the interfaces
	help    bool
	version bool

	warnings  []string
	inFile    bool // what is set comes from a configuration file
	ownOutput bool // the command line names outputs, which replace those of files
	ownGroups bool // and interfaces
}

// output is where records go.
type output struct{ name, filter string }

// usageError is a command line or configuration that cannot be meant. Its exit
// code is 2.
type usageError struct{ msg string }

func (e *usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error { return &usageError{fmt.Sprintf(format, args...)} }

var table = map[string]getopt.Arity{
	"A": getopt.None, "b": getopt.None, "C": getopt.None, "e": getopt.One, "f": getopt.None, "F": getopt.One, "g": getopt.One,
	"h": getopt.None, "i": getopt.One, "J": getopt.None, "l": getopt.None, "m": getopt.None, "M": getopt.One,
	"N": getopt.One, "p": getopt.None, "r": getopt.Many, "R": getopt.None, "s": getopt.One, "S": getopt.One, "T": getopt.One,
	"u": getopt.One, "U": getopt.One, "w": getopt.OneMore, "X": getopt.None, "Z": getopt.None, "3": getopt.None,
	"help": getopt.None, "version": getopt.None, "http": getopt.One, "log": getopt.One, "queue": getopt.One,
	"ring": getopt.One, "rings": getopt.One, "table": getopt.One, "workers": getopt.One,

	"B": getopt.One, "c": getopt.One, "d": getopt.None, "D": getopt.One, "H": getopt.One,
	"k": getopt.One, "O": getopt.None, "P": getopt.One, "t": getopt.None,
}

// refused are options of the real argus that have no place here, and what to
// do instead.
var refused = map[string]string{
	"c": "run it in a container or with systemd's RootDirectory= instead",
	"d": "run it under a service manager instead",
	"D": "there is no debug build", "k": "there is no log priority",
	"H": "the table grows as needed", "O": "the filter compiler has no optimizer to turn off",
	"t": "TSH files are not supported: convert them to pcap",
}

// parse reads the command line and the configuration files that it names, or
// the default one.
func parse(args []string) (*options, error) { return parseWith(args, defaultConf) }

func parseWith(args []string, conf string) (*options, error) {
	o := new(options)
	given, rest, err := getopt.Parse(args, table)
	if err != nil {
		return nil, &usageError{err.Error()}
	}
	named := false
	for _, opt := range given {
		named = named || opt.Name == "F" || opt.Name == "X"
	}
	if !named {
		if _, err := os.Stat(conf); err == nil {
			if err := o.readConf(conf); err != nil {
				return nil, err
			}
		}
	}
	for _, opt := range given {
		if err := o.apply(opt); err != nil {
			return nil, err
		}
	}
	if len(rest) > 0 {
		o.filter = strings.Join(rest, " ")
	}
	return o, o.settle()
}

// settle checks what only all options together show.
func (o *options) settle() error {
	if o.minSSF > 0 && o.port != 0 {
		return usagef("ARGUS_MIN_SSF=%d: there are no security layers: serve clients at a loopback address behind an encrypted tunnel, and leave it 0", o.minSSF)
	}
	if len(o.files) > 0 {
		return nil
	}
	if o.follow || o.speed > 0 {
		return usagef("-f and -T are about captures: name one with -r")
	}
	if o.sensor.TableLimit == 0 {
		o.sensor.TableLimit = liveTableLimit
	}
	return nil
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
		return usage("-e", o.setID(value))
	case "f":
		o.follow = true
	case "F":
		return o.readConf(value)
	case "h", "help":
		o.help = true
	case "version":
		o.version = true
	case "J":
		o.sensor.Jitter = true
	case "l":
		o.list = true
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
	case "T":
		return o.setSpeed(value)
	case "U":
		return setInt(&o.sensor.UserData, "-U", value, -1, math.MaxUint16)
	case "P":
		return usage("-P", o.setPort(value))
	case "B":
		return usage("-B", o.setBind(value))
	case "w":
		return usage("-w", o.addOutput(strings.Join(opt.Values, " ")))
	case "X":
		files := o.files
		*o = options{files: files}
	case "Z":
		o.sensor.PacketSizes = true
	case "3":
		o.v3 = true
	default:
		return o.applyLive(opt.Name, value)
	}
	return nil
}

// applyLive sets what is about live captures.
func (o *options) applyLive(name, value string) error {
	switch name {
	case "g":
		o.group = value
	case "i":
		return usage("-i", o.addInterfaces(value))
	case "p":
		o.promiscuous = true
	case "s":
		return setInt(&o.snapLen, "-s", value, 1, capture.MaxPacketSize)
	case "u":
		o.user = value
	case "http":
		return usage("--http", o.setHTTP(value))
	case "log":
		return usage("--log", o.setLog(value))
	case "queue":
		return usage("--queue", setSize(&o.queueSize, value))
	case "ring":
		return usage("--ring", setSize(&o.ringSize, value))
	case "rings":
		return setInt(&o.rings, "--rings", value, 1, 64)
	case "table":
		return setInt(&o.sensor.TableLimit, "--table", value, 1, math.MaxInt32-1)
	case "workers":
		return setInt(&o.sensor.Workers, "--workers", value, 1, 256)
	default:
		return usagef("option -%s: %s", name, refused[name])
	}
	return nil
}

// usage makes an error about the value of an option a usage error.
func usage(option string, err error) error {
	if err == nil {
		return nil
	}
	return usagef("%s: %v", option, err)
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

// setSize reads a number of bytes, with a decimal K, M or G if wanted.
func setSize(to *int, value string) error {
	digits, factor := value, 1
	if n := len(value); n > 0 {
		if f := map[byte]int{'k': 1e3, 'm': 1e6, 'g': 1e9}[value[n-1]|0x20]; f != 0 {
			digits, factor = value[:n-1], f
		}
	}
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil || n == 0 || n > uint64(math.MaxInt32/factor) {
		return fmt.Errorf("expected a number of bytes such as 8388608 or 16M, found %q", value)
	}
	*to = int(n) * factor
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

// setSpeed reads how many times as fast as it was captured a capture is read.
func (o *options) setSpeed(value string) error {
	x, err := strconv.ParseFloat(value, 64)
	if err != nil || !(x > 0) || math.IsInf(x, 0) {
		return usagef("-T: expected a speed such as 1 (as captured) or 10, found %q", value)
	}
	o.speed = x
	return nil
}

// addOutput adds a name and, behind a blank, a filter. Outputs of the command
// line take the place of those of configuration files.
func (o *options) addOutput(value string) error {
	name, filter, _ := strings.Cut(strings.TrimSpace(value), " ")
	if name == "" {
		return fmt.Errorf("expected the name of a file, found nothing")
	}
	if strings.Contains(name, "://") {
		return fmt.Errorf("%s: streams are not supported: write to a file, or to - and pipe it on", name)
	}
	if !o.inFile && !o.ownOutput {
		o.outputs, o.ownOutput = nil, true
	}
	out := output{name, strings.Trim(strings.TrimSpace(filter), `"`)}
	o.outputs = append(o.outputs, out)
	_, err := compileOutput(out)
	return err
}

// setID reads the identifier of the sensor.
func (o *options) setID(value string) error {
	id, err := sourceID(value)
	o.sensor.SourceID = id
	return err
}

// sourceID reads an identifier, or one of the words that stand for that of the
// host.
func sourceID(value string) (record.SourceID, error) {
	switch strings.Trim(value, "`") {
	case "hostname":
		return hostAddress()
	case "hostuuid":
		return machineID()
	}
	return record.ParseSourceID(value)
}

func (o *options) warn(format string, args ...any) {
	o.warnings = append(o.warnings, fmt.Sprintf(format, args...))
}
