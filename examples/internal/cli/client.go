package cli

import (
	"context"
	"os"
	"regexp"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/filter"
	"github.com/seed-6ae541b3/goargus/record"
	"github.com/seed-6ae541b3/goargus/zeek"
)

// Client is what the options and configuration files said.
type Client struct {
	Program string

	// Input.
	Files          []string // "-" is standard input
	Follow         bool     // wait for more at the end of a file
	Filter         *filter.Program
	Range          *filter.TimeRange
	Correct        *record.CorrectOptions // nil: records are read as they are stored
	RunTime        time.Duration          // 0 is no limit
	Keys           []string               // words of -m
	SortKeys       []string               // of RA_SORT_ALGORITHMS, for who has no keys
	Unidirectional bool                   // each record as two, one a direction
	Pace           float64                // replay by the times of the records, so many times as fast; 0 is off

	// Open opens an input, if it is not argus.Open that does.
	Open opener

	// Output.
	Print    printer.Config
	Zeek     *zeek.WriterConfig // a conn log of Zeek instead
	Percent  bool               // counters in percent of the total: the input is read twice
	Quiet    bool               // print no records
	Totals   bool               // a line of totals at the end
	Outputs  []Output
	Rejected string // file of the records that the filter rejects
	Version3 bool   // files are written in version 3
	Strict3  bool   // and what version 3 cannot hold whole is an error
	Debug    int
	Color    string // auto, always or never

	fields    []string // items of -s, applied when all options are known
	filters   string   // text of the filter
	remote    string   // and that for servers
	servers   servers
	timeRange string
	limit     limit
	data      *dataMatch     // -e
	label     *regexp.Regexp // -M label=
	group     *groupMatch    // -M group=
	dsrs      dsrSelection
	zone      string
	vendors   string // file of vendors
	aliases   string // file of sensor ids
	places    string // file of localities
	delegated string // file of countries
	pid       pidFile
	update    time.Duration // between lines of a live input; 0 is the usual
	printed   [2]bool       // management, events: were they asked for
	warned    map[string]bool
	imports   *imports
	done      bool
	daemon    bool   // go on without a terminal
	reading   string // configuration file that is being read, for messages
}

// opener opens an input.
type opener = func(ctx context.Context, name string, options ...argus.OpenOption) (*argus.Source, error)

// Output is a file to write records to, and the filter of what goes there.
type Output struct {
	File   string
	Filter *filter.Program
}

// newClient is a client before its options.
func newClient(name string) *Client {
	return &Client{Program: name, Color: "auto", warned: map[string]bool{}, servers: newServers(), imports: new(imports)}
}

// Sides tells which ends of a flow -m asks for, by "saddr" or "daddr"; both if it
// asks for neither.
func (c *Client) Sides() (src, dst bool, err error) {
	src, dst = true, true
	for _, k := range c.Keys {
		switch k {
		case "saddr":
			dst = false
		case "daddr":
			src = false
		default:
			return false, false, Usagef("-m %s: want saddr or daddr", k)
		}
	}
	return src, dst, nil
}

// SinkOptions are the options of the files that are written.
func (c *Client) SinkOptions() []argus.CreateOption {
	if c.Strict3 {
		return []argus.CreateOption{argus.Version3, argus.RefuseLoss}
	}
	if c.Version3 {
		return []argus.CreateOption{argus.Version3, argus.OnLoss(c.lost)}
	}
	return nil
}

// isTerminal reports whether a file is a terminal.
func isTerminal(f *os.File) bool {
	_, err := terminalSize(f)
	return err == nil
}
