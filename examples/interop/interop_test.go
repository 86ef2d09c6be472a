// Package interop_test runs the example programs against the real Argus 3.0.8.2
// programs, where they are installed.
package interop_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// programs are the paths of what the tests run.
type programs struct {
	argus, ra         string // ours, built for the test
	realArgus, realRa string
	dir               string
}

// build builds our programs and finds the real ones, or skips the test.
func build(t *testing.T) programs {
	t.Helper()
	p := programs{dir: t.TempDir()}
	var err error
	if p.realArgus, err = exec.LookPath("argus"); err != nil {
		t.Skip("the real argus is not installed")
	}
	if p.realRa, err = exec.LookPath("ra"); err != nil {
		t.Skip("the real ra is not installed")
	}
	if out, err := exec.Command(p.realRa, "-h").CombinedOutput(); !strings.Contains(string(out), "3.0.8") {
		t.Skipf("ra of version 3.0.8 not found: %v", err)
	}
	for _, name := range []string{"argus", "ra"} {
		out := filepath.Join(p.dir, name)
		cmd := exec.Command("go", "build", "-o", out, "../"+name)
		if b, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go build %s: %v\n%s", name, err, b)
		}
	}
	p.argus, p.ra = filepath.Join(p.dir, "argus"), filepath.Join(p.dir, "ra")
	return p
}

// run runs a program and returns what it printed.
func run(name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	// The real ra fails, without a word, on a file without flows.
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) && exit.ExitCode() == 1 && len(out) == 0 && errs.Len() == 0 {
		return "", nil
	}
	if err != nil {
		err = fmt.Errorf("%s %s: %w: %s", filepath.Base(name), strings.Join(args, " "), err, errs.String())
	}
	return string(out), err
}

// wrong are the captures on which the 3.0.8.2 sensor is known to be wrong, so
// that our records have to differ; docs/differences/sensor.md tells of each.
var wrong = map[string]string{
	"ah":               "the length of the authentication header is ignored",
	"erspan":           "the flow is that inside the tunnel",
	"esp-ipv6":         "ESP over IPv6 has no flows",
	"icmp6-":           "requests and replies are not paired",
	"igmp":             "the group of a version 3 report",
	"ip-total-length-": "a total length of 0, or shorter than the header",
	"ip-version-wrong": "the version nibble is not looked at",
	"ip4-in-ip6":       "the tunnel stays closed",
	"isis-hello":       "the checksum of a hello is not that of its bytes",
	"rarp":             "request and reply are two flows",
	"raw-ip6":          "the link type is unknown",
	"runt-and-garbage": "the header length is not looked at",
	"sll2":             "the link type is unknown",
	"snaplen-tiny":     "a truncated ICMP message vanishes",
	"tcp-port-reuse":   "connections are joined",
	"tcp-same-host":    "the directions of IPv6 are two flows",
	"tcp-synack-only":  "a repeated SYN-ACK counts as lost",
	"udp6-dns":         "queries of one port are one flow",
	"udp6-fragmented":  "later fragments are flows of their own",
}

// turned is the capture with a reply that nobody asked for: the 3.0.8.2 reader
// turns its record round without being asked, ours prints what is stored.
const turned = "icmp-echo-unanswered"

func isWrong(name string) bool {
	for prefix := range wrong {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

const fields = "stime,dur,proto,saddr,sport,dir,daddr,dport,spkts,dpkts,sbytes,dbytes,state"

// The places of the fields that normalize looks at.
const (
	colProto = 2
	colSrc   = 3
	colSport = 4
	colDst   = 6
	colDport = 7
	colState = 12
)

// normalize removes differences of printing style between the 3.0.8.2 reader
// and ours, which prints as 5.0 does:
//
//   - padding of the direction, and 0 where a port is blank;
//   - ports of ICMP (type and code in one number, and an id as destination port)
//     and of ESP (half of the SPI is overwritten by prefix lengths);
//   - the ends of flows below IP, in stored order instead of flow order, and the
//     low bit of LLC service points;
//   - a cell too many in rows of IS-IS;
//   - one-way ARP is INT in every record, where ours says REQ from the second on;
//   - the Ethernet type of IPv4 is ip instead of ipv4.
func normalize(csv string) []string {
	var rows []string
	for _, line := range strings.Split(strings.TrimSpace(csv), "\n") {
		if line == "" || strings.HasPrefix(line, "StartTime") {
			continue
		}
		cells := strings.Split(line, ",")
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
			if (i == colSport || i == colDport) && (cells[i] == "0" || cells[i] == "0x0000") {
				cells[i] = ""
			}
		}
		rows = append(rows, strings.Join(sameStyle(cells), ","))
	}
	slices.Sort(rows)
	return rows
}

func sameStyle(cells []string) []string {
	switch cells[colProto] {
	case "icmp", "ipv6-icmp", "esp":
		cells[colSport], cells[colDport] = "", ""
	case "isis":
		if len(cells) > colState+1 {
			cells = slices.Delete(cells, colDport+1, colDport+2)
		}
	case "arp":
		if cells[colState] == "REQ" {
			cells[colState] = "INT"
		}
	case "ip":
		cells[colProto] = "ipv4"
	}
	// What has Ethernet addresses for ends is below IP.
	if strings.Count(cells[colSrc], ":") == 5 && len(cells[colSrc]) == 17 {
		cells[colSport], cells[colDport] = "", ""
		if cells[colSrc] > cells[colDst] {
			cells[colSrc], cells[colDst] = cells[colDst], cells[colSrc]
		}
	}
	return cells
}

// unpacked returns the capture as a plain file, which real programs need.
func unpacked(t *testing.T, dir, name string) string {
	t.Helper()
	if !strings.HasSuffix(name, ".gz") {
		return name
	}
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, strings.TrimSuffix(filepath.Base(name), ".gz"))
	w, err := os.Create(out)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, z); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestInteropSensor compares, for every capture: what the real ra prints of our
// version 3 file, what our ra prints of it, and what the real ra prints of the
// real sensor's file.
func TestInteropSensor(t *testing.T) {
	p := build(t)
	captures, err := filepath.Glob("../../testdata/pcap/*")
	if err != nil || len(captures) == 0 {
		t.Fatalf("no captures: %v", err)
	}
	for _, capture := range captures {
		base, _, _ := strings.Cut(filepath.Base(capture), ".")
		t.Run(base, func(t *testing.T) {
			t.Parallel() // the real sensor waits a second at its end
			dir := t.TempDir()
			file := unpacked(t, dir, capture)
			ours, theirs := filepath.Join(dir, "ours.arg"), filepath.Join(dir, "real.arg")
			if _, err := run(p.argus, "-X", "-e", "192.0.2.1", "-3", "-r", file, "-w", ours); err != nil {
				t.Fatal(err)
			}
			print := []string{"-X", "-u", "-n", "-p", "6", "-c", ",", "-s", fields, "-r"}
			realOfOurs, err := run(p.realRa, append(slices.Clone(print), ours, "-", "not", "man")...)
			if err != nil {
				t.Fatal(err)
			}
			oursOfOurs, err := run(p.ra, append(slices.Clone(print), ours)...)
			if err != nil {
				t.Fatal(err)
			}
			if base != turned {
				compare(t, "real ra and ours, of our file", normalize(realOfOurs), normalize(oursOfOurs))
			}
			if isWrong(base) {
				return
			}
			if _, err := run(p.realArgus, "-X", "-e", "192.0.2.1", "-r", file, "-w", theirs); err != nil {
				t.Fatal(err)
			}
			realOfReal, err := run(p.realRa, append(slices.Clone(print), theirs, "-", "not", "man")...)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, "real sensor's file and ours, by the real ra", normalize(realOfReal), normalize(realOfOurs))
		})
	}
}

// compare reports rows that only one side has.
func compare(t *testing.T, what string, want, got []string) {
	t.Helper()
	if slices.Equal(want, got) {
		return
	}
	t.Errorf("%s: %d and %d rows", what, len(want), len(got))
	only := func(mark string, a, b []string) {
		for _, row := range a {
			if !slices.Contains(b, row) {
				t.Errorf("  %s %s", mark, row)
			}
		}
	}
	only("-", want, got)
	only("+", got, want)
}
