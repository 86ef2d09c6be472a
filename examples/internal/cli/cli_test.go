package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/record"
)

var testProgram = &Program{Name: "test", Usage: "usage\n"}

// parse reads options without the configuration files of the machine.
func parse(t *testing.T, args ...string) (*Client, error) {
	t.Helper()
	return testProgram.Parse(append([]string{"-X", "-r", "-"}, args...))
}

func TestParse(t *testing.T) {
	c, err := parse(t, "-nn", "-u", "-p", "3", "-c", ",", "-M", "json", "null", "printer=hex", "-s", "+dur:5", "-s", "-flgs", "-N", "o2-3", "-L", "5", "-", "tcp", "and", "port 80")
	if err != nil {
		t.Fatal(err)
	}
	type summary struct {
		Names              printer.Names
		Unix               bool
		Precision          int
		Form               printer.Form
		Absent             printer.Absent
		Data               record.DataStyle
		Titles, Fields     int
		First, Last        int64
		Filter             string
		Files, LastColumns string
	}
	last := c.Print.Fields[len(c.Print.Fields)-1]
	got := summary{c.Print.Names, c.Print.Text.UnixTime, c.Print.Text.Precision, c.Print.Form, c.Print.Absent, c.Print.Text.Data,
		c.Print.Titles, len(c.Print.Fields), c.limit.first, c.limit.last, c.Filter.String(), strings.Join(c.Files, " "), last.Attribute.Name}
	want := summary{printer.NoNames, true, 3, printer.JSON, printer.Null, record.DataHexDump, 5, 11, 2, 3, c.Filter.String(), "-", "dur"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if last.Width != 5 || !strings.Contains(got.Filter, "80") {
		t.Errorf("width %d, filter %q", last.Width, got.Filter)
	}
}

func TestParseErrors(t *testing.T) {
	tests := map[string][]string{
		"nosuch":             {"-s", "nosuch"},
		"want a number from": {"-s", "dur:0"},
		"unknown option -y":  {"-y"},
		"unknown mode":       {"-M", "nosuch"},
		"digits from 0 to 9": {"-p", "12"},
		"expected term":      {"-", "tcp", "and"},
		"regexp":             {"-e", "("},
		"name of a host":     {"-S", "me:secret@"},
		"one user":           {"-S", "me:secret@localhost", "-S", "you:secret@localhost"},
		"user/auth":          {"-U", "/root"},
		"or PLAIN":           {"-M", "saslmech=gssapi"},
		"RA_MIN_SSF=40":      {"-S", "localhost", "-o", "RA_MIN_SSF=40"},
		"RA_MAX_SSF: \"x\"":  {"-o", "RA_MAX_SSF=x"},
		"RA_CONNECT_TIME":    {"-o", "RA_CONNECT_TIME=x"},
		"SERVERPORT":         {"-o", "RA_ARGUS_SERVERPORT=0"},
		"@]host:port":        {"-S", "argus-udp://localhost"},
		"named twice":        {"-S", "localhost", "-S", "localhost"},
		"first-last":         {"-N", "x"},
		"not a time":         {"-t", "nonsense"},
		"want auto, always":  {"--color=blue"},
		"no DSR is called":   {"-M", "dsrs=-nosuch"},
		"zone":               {"-M", "TZ=Nowhere/Land"},
		"NAME=value":         {"-o", "RA_NOSUCH=1"},
	}
	for want, args := range tests {
		_, err := parse(t, args...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", args, err, want)
		}
		if testProgram.status(err) != exitUsage {
			t.Errorf("%q: not a usage error: %v", args, err)
		}
	}
}

func TestConf(t *testing.T) {
	rc := filepath.Join(t.TempDir(), "rc")
	text := "# comment\n! comment\n\n" + `RA_FIELD_DELIMITER=','
RA_FIELD_SPECIFIER="saddr \
daddr:20"
RA_PRINT_NAMES=none // numbers
RA_USEC_PRECISION=2
RA_TIME_FORMAT="%Y %T.%f"
RA_TZ="EST5"
RA_PORT_DIRECTION="services,wellknown"
RA_CIDR_ADDRESS_FORMAT=strict
RA_PRINT_MAN_RECORDS=YES
RA_ARGUS_SERVER=""
`
	if err := os.WriteFile(rc, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := parse(t, "-F", rc)
	if err != nil {
		t.Fatal(err)
	}
	o := &c.Print.Text
	got := string(o.AppendTime(nil, 1_700_000_000_129_000_000))
	if want := "2023 17:13:20.12"; got != want {
		t.Errorf("time %q, want %q", got, want)
	}
	if c.Print.Form != printer.Separated || c.Print.Names != printer.NoNames || o.Mask != record.MaskAlways || !c.Print.Management ||
		len(c.Print.Fields) != 2 || c.Print.Fields[1].Width != 20 || c.Correct == nil || !c.Correct.WellKnown || c.Correct.Service == nil {
		t.Errorf("got %+v", c.Print)
	}
	if len(c.warned) != 0 {
		t.Errorf("warned of %v", c.warned)
	}
	for bad, want := range map[string]string{"RA_PRINT_NAMES=some\n": "rc:1: RA_PRINT_NAMES: names", "\n\nnonsense\n": "rc:3: want NAME=value", "RADIUM_DAEMON=yes\n": "radium"} {
		if err := os.WriteFile(rc, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := parse(t, "-F", rc); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", bad, err, want)
		}
	}
}

// Every variable of the real programs is known, and says what it cannot do.
func TestVariables(t *testing.T) {
	c := newClient("test")
	c.reading = "rc:1"
	for name, set := range variables {
		if err := set(c, ""); err != nil {
			t.Errorf("%s=: %v", name, err)
		}
	}
	if len(c.warned) != 0 {
		t.Errorf("empty values warn: %v", c.warned)
	}
}

func TestDSRSelection(t *testing.T) {
	r := record.New(record.FlowRecord, record.Version5, record.Start)
	r.SetMetrics(record.Metrics{Src: record.Counters{Packets: 1}})
	r.SetLabel(record.Label{Text: []byte("x")})
	for list, want := range map[string]string{"-label": "metric", "label": "label", "-label,+label": "metric label", "metric,label": "metric label", "flow": ""} {
		c := newClient("test")
		if err := c.setDSRs(list); err != nil {
			t.Fatal(err)
		}
		copy := r.Clone()
		c.dsrs.apply(copy)
		var have []string
		for _, name := range []string{"metric", "label"} {
			if d, _ := record.DSRByName(name); copy.Has(d) {
				have = append(have, name)
			}
		}
		if got := strings.Join(have, " "); got != want {
			t.Errorf("dsrs=%s keeps %q, want %q", list, got, want)
		}
	}
}

func TestGroup(t *testing.T) {
	c, err := parse(t, "-M", "group=^(campus|lab)$")
	if err != nil {
		t.Fatal(err)
	}
	for label, want := range map[string]bool{
		"sgrp=campus:dgrp=x": true, "svc=dns:dgrp=lab": true, "sgrp=campus2": false, "grp=lab": false, "": false,
	} {
		r := record.New(record.FlowRecord, record.Version5, record.Status)
		r.SetLabel(record.Label{Text: []byte(label)})
		if got := c.group.match(r); got != want {
			t.Errorf("%q: got %v", label, got)
		}
	}
}

// TestRefused asks for what the programs do not have: the message says what to
// use instead.
func TestRefused(t *testing.T) {
	for want, args := range map[string][]string{
		"want a number":         {"-a", "x"},
		"leave it out":          {"-O"},
		"json=typed":            {"-M", "json", "d3"},
		"counters are printed":  {"-M", "eframe=20"},
		"pick records by":       {"-M", "sql=x"},
		"print trees":           {"-M", "newick"},
		"not locked":            {"-M", "lock=nonblock"},
		"programs that compare": {"-M", "baseline=x"},
		"not made up":           {"-M", "gen=x"},
	} {
		if _, err := parse(t, args...); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", args, err, want)
		}
	}
}
