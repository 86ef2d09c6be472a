package main

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/live"
	"github.com/seed-6ae541b3/goargus/record"
)

func readConf(t *testing.T, text string, args ...string) (*options, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "argus.conf")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return parseWith(args, name)
}

func TestConfLive(t *testing.T) {
	text := strings.Join([]string{
		"ARGUS_INTERFACE=ind:eth0/192.0.2.1,eth1", "ARGUS_INTERFACE=dup:[bond:eth2,eth3],eth4", "ARGUS_GO_PROMISCUOUS=yes",
		"ARGUS_OUTPUT_FILE=flows/a.arg", `ARGUS_OUTPUT_FILE="flows/b.arg" "port 53" // names`, "ARGUS_PCAP_BUF_SIZE=16M",
		"ARGUS_CAPTURE_DATA_LEN=64", "ARGUS_TABLE_LIMIT=5000", "ARGUS_QUEUE_SIZE=1m", "ARGUS_HTTP=[::1]:9410", "ARGUS_LOG_FORMAT=json",
		"ARGUS_SETUSER_ID=nobody", "ARGUS_DAEMON=yes", "ARGUS_ACCESS_PORT=0", " ARGUS_IGNORED=1", "",
	}, "\n")
	o, err := readConf(t, text)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := record.ParseSourceID("192.0.2.1")
	groups := []group{{[]string{"eth0"}, &id}, {[]string{"eth1"}, nil}, {[]string{"eth2", "eth3", "eth4"}, nil}}
	if d := cmp.Diff(groups, o.groups, cmp.AllowUnexported(group{})); d != "" {
		t.Errorf("interfaces (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]output{{"flows/a.arg", ""}, {"flows/b.arg", "port 53"}}, o.outputs, cmp.AllowUnexported(output{})); d != "" {
		t.Errorf("outputs (-want +got):\n%s", d)
	}
	want := live.Config{Interfaces: []string{"eth1"}, SnapLen: 256 + 64, Promiscuous: true, RingSize: 16_000_000}
	if d := cmp.Diff(want, o.liveConfig(o.groups[1])); d != "" {
		t.Errorf("capture (-want +got):\n%s", d)
	}
	if o.sensor.TableLimit != 5000 || o.queueSize != 1_000_000 || o.http != "[::1]:9410" || !o.jsonLog || o.user != "nobody" {
		t.Errorf("options %+v", o)
	}
	if len(o.warnings) != 1 || !strings.Contains(o.warnings[0], "argus.conf:13: without effect: argus stays in the foreground") {
		t.Errorf("warnings %q", o.warnings)
	}
}

// The command line takes the place of outputs and interfaces, -X of all.
func TestConfAndCommandLine(t *testing.T) {
	text := "ARGUS_INTERFACE=eth0\nARGUS_OUTPUT_FILE=flows/a.arg\nARGUS_FLOW_STATUS_INTERVAL=30\n"
	o, err := readConf(t, text, "-i", "any", "-i", "eth7", "-w", "x", "tcp", "-w", "y")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]group{{interfaces: []string{live.Any}}, {interfaces: []string{"eth7"}}}, o.groups, cmp.AllowUnexported(group{})); d != "" {
		t.Errorf("interfaces (-want +got):\n%s", d)
	}
	if !slices.Equal(o.outputs, []output{{"x", "tcp"}, {"y", ""}}) || o.sensor.StatusInterval == 0 {
		t.Errorf("options %+v", o)
	}
	if o, err = readConf(t, text, "-X", "-C"); err != nil || len(o.groups)+len(o.outputs) != 0 || o.sensor.StatusInterval != 0 {
		t.Errorf("-X: %+v, %v", o, err)
	}
	if o.liveSnapLen() != capture.MaxPacketSize || o.sensor.TableLimit != liveTableLimit {
		t.Errorf("snap length %d, table limit %d", o.liveSnapLen(), o.sensor.TableLimit)
	}
}

func TestConfErrors(t *testing.T) {
	for line, want := range map[string]string{
		"ARGUS_INTERFACE=eth0,,eth1":              "expected the name of an interface",
		"ARGUS_INTERFACE=eth0/nonsense":           "source id",
		"ARGUS_OUTPUT_FILE=argus-udp://192.0.2.1": "streams are not supported",
		`ARGUS_OUTPUT_FILE=x.arg "tcp and"`:       "record filter",
		"ARGUS_OUTPUT_FILE=":                      "expected the name of a file",
		"ARGUS_ACCESS_PORT=70000":                 "expected a port",
		"ARGUS_PCAP_BUF_SIZE=lots":                "expected a number of bytes",
		"ARGUS_PCAP_BUF_SIZE=9G":                  "expected a number of bytes",
		"ARGUS_HTTP=0.0.0.0:80":                   "expected a loopback address",
		"ARGUS_LOG_FORMAT=xml":                    "expected text or json",
		"ARGUS_FLOW_STATUS_INTERVAL=5 seconds":    "expected a number of seconds",
		`ARGUS_FLOW_STATUS_INTERVAL="5" and more`: "expected a number of seconds",
		"argus_interface=eth0":                    "unknown variable",
	} {
		_, err := readConf(t, "\n"+line+"\n")
		if usage := (*usageError)(nil); !errors.As(err, &usage) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, expected %q", line, err, want)
		}
		if err != nil && !strings.Contains(err.Error(), "argus.conf:2: ") {
			t.Errorf("%s: error %v does not say where", line, err)
		}
	}
}

// Whatever a configuration file holds, it is understood or refused with its line.
func FuzzConf(f *testing.F) {
	for name := range variables {
		f.Add("ARGUS_" + name + "=yes\nARGUS_" + name + `="1,2;3" x` + "\n")
	}
	f.Add("ARGUS_FILTER=\"tcp \\\n or udp\"\n# comment\n\\")
	where := regexp.MustCompile(`^conf:\d+: |^conf: `)
	f.Fuzz(func(t *testing.T, text string) {
		if strings.Contains(text, "hostname") {
			return // asks the network
		}
		o := new(options)
		err := o.readLines("conf", strings.NewReader(text))
		if err != nil {
			if usage := (*usageError)(nil); !errors.As(err, &usage) || !where.MatchString(err.Error()) {
				t.Fatalf("error %q", err)
			}
			return
		}
		if n := o.liveSnapLen(); n < 1 || n > capture.MaxPacketSize {
			t.Fatalf("snap length %d", n)
		}
		for _, g := range o.groups {
			if len(g.interfaces) == 0 {
				t.Fatal("a sensor without interfaces")
			}
		}
		if s, err := capture.NewSensor(o.sensor, func(*record.Record) error { return nil }); err == nil {
			s.Close()
		} else if !errors.Is(err, capture.ErrConfig) {
			t.Fatal(err)
		}
	})
}
