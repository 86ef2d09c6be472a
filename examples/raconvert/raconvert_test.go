package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// build makes the program and returns its path.
func build(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "raconvert")
	if out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return path
}

// run runs a program on an input and returns what it writes, and its errors.
func run(t *testing.T, input string, args ...string) (stdout, stderr string, ok bool) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(input), &out, &errs
	cmd.Env = append(os.Environ(), "TZ=UTC")
	err := cmd.Run()
	return out.String(), errs.String(), err == nil
}

const log = `#separator \x09
#set_separator	,
#empty_field	(empty)
#unset_field	-
#path	conn
#open	2023-11-14-22-13-20
#fields	ts	uid	id.orig_h	id.orig_p	id.resp_h	id.resp_p	proto	service	duration	orig_bytes	resp_bytes	conn_state	local_orig	local_resp	missed_bytes	history	orig_pkts	orig_ip_bytes	resp_pkts	resp_ip_bytes	tunnel_parents	ip_proto
#types	time	string	addr	port	addr	port	enum	string	interval	count	count	string	bool	bool	count	string	count	count	count	count	set[string]	count
1700000000.100000	CHhAvVGS1DHFjwGM9	192.0.2.1	49152	198.51.100.7	443	tcp	ssl,http	1.500000	900	4200	SF	T	F	0	ShADadFf	9	1380	8	4628	-	6
1700000002.000000	ClEkJM2Vm5giqnMf4h	2001:db8::1	135	ff02::1	136	icmp	-	-	-	-	OTH	-	-	0	-	1	64	0	0	CHhAvVGS1DHFjwGM9	58
#close	2023-11-14-22-13-22
`

func TestZeekThereAndBack(t *testing.T) {
	raconvert := build(t)
	records, stderr, ok := run(t, log, raconvert, "-X", "-r", "-", "-w", "-")
	if !ok {
		t.Fatal(stderr)
	}
	again, stderr, ok := run(t, records, raconvert, "-X", "-r", "-", "-M", "zeek")
	if d := cmp.Diff(log, again); d != "" || !ok {
		t.Errorf("log differs (-in +out):\n%s%s", d, stderr)
	}
	filtered, stderr, ok := run(t, log, raconvert, "-X", "-n", "-r", "-", "-c", ",", "-s", "saddr,dport,spkts", "-", "tcp")
	if want := "SrcAddr,Dport,SrcPkts\n192.0.2.1,443,9\n"; filtered != want || !ok {
		t.Errorf("filtered: %s%s, want %s", filtered, stderr, want)
	}
}

func TestConversionFile(t *testing.T) {
	raconvert := build(t)
	conf := filepath.Join(t.TempDir(), "conf")
	text := `RACONVERT_SOURCE=argus
ARGUS_MONITOR_ID=192.0.2.99
RACONVERT_TIME_FORMAT="%d.%m.%Y %H:%M:%S.%f"
RACONVERT_FIELD_SPECIFIER=when who extra whom kind in note
RACONVERT_FIELD_DELIMITER='\t'
RACONVERT_CONVERSION_MAP=
   when=StartTime, time
   who=SrcAddr, addr
   whom=daddr, addr
   kind=Proto, proto
   in=SrcPkts, count
   note=Label, string+
`
	if err := os.WriteFile(conf, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	line := "31.01.2024 10:20:30.5\t192.0.2.1\tx\t192.0.2.2\tudp\t7\tfine\n"
	got, stderr, ok := run(t, line, raconvert, "-X", "-f", conf, "-u", "-r", "-", "-c", ",", "-s", "stime,saddr,daddr,proto,pkts,label,srcid")
	if want := "StartTime,SrcAddr,DstAddr,Proto,TotPkts,Label,SrcId\n1706696430.500000,192.0.2.1,192.0.2.2,udp,7,note=fine,192.0.2.99\n"; got != want || !ok {
		t.Errorf("%s%s, want %s", got, stderr, want)
	}
}

func TestFaultsAreTold(t *testing.T) {
	raconvert := build(t)
	for input, want := range map[string]string{
		"nothing to see\n": "expected a line of titles",
		"SrcAddr,DstAddr,Proto,Nonsense\n10.0.0.1,10.0.0.2,udp,x\n10.0.0.1,10.0.0.x,udp,x\n": `column "Nonsense" has no place`,
		"SrcAddr,DstAddr,Proto\n10.0.0.1,10.0.0.x,udp\n":                                     "nothing was converted",
		strings.Replace(log, "path\tconn", "path\tdns", 1):                                   "not a conn log",
		strings.Replace(log, "ssl,http", strings.Repeat("ssl,http,", 200), 1):                "1 of 2 records have no room",
	} {
		_, stderr, ok := run(t, input, raconvert, "-X", "-r", "-", "-q")
		if !strings.Contains(stderr, want) || ok != (strings.Contains(want, "has no place") || strings.Contains(want, "have no room")) {
			t.Errorf("%.20q: %s, want %s", input, stderr, want)
		}
	}
}

// What the real ra prints, it prints again of the records made of it.
func TestInteropRealRa(t *testing.T) {
	ra, err := exec.LookPath("ra")
	if err != nil {
		t.Skip("ra is not installed")
	}
	files, _ := filepath.Glob("../../testdata/v3/*.full.arg")
	if len(files) == 0 {
		t.Fatal("../../testdata/v3 not found")
	}
	raconvert := build(t)
	const fields = "stime ltime dur proto saddr sport dir daddr dport pkts spkts dpkts bytes sbytes dbytes sappbytes dappbytes state stos dtos sttl dttl sipid dipid smac dmac"
	lines := 0
	for _, name := range files {
		base := filepath.Base(name)
		if strings.HasPrefix(base, "isis") || strings.HasPrefix(base, "rarp") {
			continue // addresses that text does not tell in full
		}
		print := append([]string{ra, "-X", "-n", "-u", "-L0", "-c", ",", "-r"}, name, "-s")
		text, stderr, ok := run(t, "", append(print, strings.Fields(fields)...)...)
		if !ok {
			t.Fatal(stderr)
		}
		if strings.Count(text, "\n") < 2 {
			continue
		}
		again := filepath.Join(t.TempDir(), "again.arg")
		if _, stderr, ok := run(t, text, raconvert, "-X", "-3", "-r", "-", "-w", again); !ok || stderr != "" {
			t.Errorf("%s: %s", base, stderr)
			continue
		}
		print[len(print)-2] = again
		got, _, _ := run(t, "", append(print, strings.Fields(fields)...)...)
		if d := cmp.Diff(strings.Split(text, "\n"), strings.Split(got, "\n")); d != "" {
			t.Errorf("%s: lines differ (-in +out):\n%s", base, d)
		}
		lines += strings.Count(text, "\n") - 1
	}
	t.Logf("%d flows", lines)
}
