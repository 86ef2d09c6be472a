package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/capture"
)

func TestParse(t *testing.T) {
	conf := filepath.Join(t.TempDir(), "argus.conf")
	text := strings.Join([]string{
		"# a comment", "", "ARGUS_MONITOR_ID=192.0.2.1", `ARGUS_FLOW_KEY="CLASSIC_5_TUPLE+VLAN"`, "ARGUS_FLOW_STATUS_INTERVAL=0.5 // half a second",
		"ARGUS_TCP_TIMEOUT=90", "ARGUS_GENERATE_JITTER_DATA=YES", "ARGUS_DAEMON=yes", `ARGUS_FILTER="tcp \`, `or udp"`,
		`ARGUS_KEYSTROKE="ssh"`, `ARGUS_KEYSTROKE_CONF="DC_MIN=40;ICR_MAX=1.5"`, `ARGUS_CONTROLPLANE_PROTO="tcp:179"`, "",
	}, "\n")
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	o, err := parse([]string{"-F", conf, "-r", "a", "b", "-w", "out", "udp", "-AJ", "-U64", "-N", "5-9", "-3"})
	if err != nil {
		t.Fatal(err)
	}
	want := capture.Config{
		AppBytes: true, Jitter: true, UserData: 64, Key: capture.KeyVLAN, StatusInterval: 500 * time.Millisecond,
		Timeouts: capture.Timeouts{TCP: 90 * time.Second}, SourceID: o.sensor.SourceID,
		Keystrokes:   capture.Keystrokes{Mode: capture.KeystrokesSSH, ClientMin: 40, RatioMax: 1.5},
		ControlPorts: []capture.ControlPort{{Proto: 6, Port: 179}},
	}
	if d := cmp.Diff(want, o.sensor); d != "" {
		t.Errorf("sensor (-want +got):\n%s", d)
	}
	if o.filter != "tcp or udp" || !o.v3 || o.skip != 5 || o.limit != 9 || len(o.files) != 2 || o.outputs[0] != (output{"out", "udp"}) {
		t.Errorf("got %+v", o)
	}
}

func TestParseErrors(t *testing.T) {
	conf := func(line string) string {
		name := filepath.Join(t.TempDir(), "argus.conf")
		if err := os.WriteFile(name, []byte("\n"+line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"-Q"}, "unknown option -Q"},
		{[]string{"-S", "soon"}, `-S: expected a number of seconds, found "soon"`},
		{[]string{"-U", "70000"}, `-U: expected a number from -1 to 65535, found "70000"`},
		{[]string{"-N", "9-5"}, `-N: expected a number of packets or a range a-b, found "9-5"`},
		{[]string{"-e", "host"}, "-e: source id:"},
		{[]string{"-P", "http"}, `-P: expected a port from 0 to 65535, found "http"`},
		{[]string{"-B", "everywhere"}, `-B: expected one IP address, found "everywhere"`},
		{[]string{"-F", conf("ARGUS_NONSENSE=1")}, "argus.conf:2: unknown variable ARGUS_NONSENSE"},
		{[]string{"-F", conf("ARGUS_FLOW_KEY=NONE")}, "argus.conf:2: ARGUS_FLOW_KEY: expected CLASSIC_5_TUPLE"},
		{[]string{"-F", conf("ARGUS_EVENT_DATA=prog:/bin/df:5q")}, "argus.conf:2: ARGUS_EVENT_DATA: expected an interval"},
		{[]string{"-r", "a", "-T", "0"}, `-T: expected a speed such as 1 (as captured) or 10, found "0"`},
		{[]string{"-T", "2"}, "-f and -T are about captures"},
		{[]string{"-F", conf("ARGUS_KEYSTROKE_CONF=N_MAX=1")}, `unknown limit "N_MAX"`},
		{[]string{"-F", conf("nonsense")}, `argus.conf:2: expected NAME=value, found "nonsense"`},
	} {
		_, err := parse(c.args)
		if usage := (*usageError)(nil); !errors.As(err, &usage) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: error %v, expected %q", c.args, err, c.want)
		}
	}
}
