package record

import (
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestTimeFormats compares every conversion with the C library's, by date(1).
func TestTimeFormats(t *testing.T) {
	if _, err := exec.LookPath("date"); err != nil {
		t.Skip("date is not installed")
	}
	verbs := "%a|%A|%b|%B|%c|%C|%d|%D|%e|%F|%g|%G|%h|%H|%I|%j|%k|%l|%m|%M|%n|%p|%P|%r|%R|%s|%S|%t|%T|%u|%U|%V|%w|%W|%x|%X|%y|%Y|%z|%Z|%%|"
	f, err := ParseTimeFormat(verbs)
	if err != nil {
		t.Fatal(err)
	}
	for _, zone := range []string{"UTC", "America/New_York", "Asia/Kolkata"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Skipf("time zones not found: %v", err)
		}
		o := &TextOptions{Time: f, Location: loc}
		for _, sec := range []string{"0", "1", "951782399", "951782400", "1078012800", "1700000000", "1704067199", "1704067200", "1709164800", "1709251200", "1719792000", "1735603200", "2147483648", "4102444800"} {
			cmd := exec.Command("date", "-d", "@"+sec, "+"+verbs)
			cmd.Env = []string{"TZ=" + zone, "LC_ALL=C"}
			out, err := cmd.Output()
			if err != nil {
				t.Skipf("date: %v", err)
			}
			var n int64
			for _, c := range sec {
				n = 10*n + int64(c-'0')
			}
			if got, want := string(o.AppendTime(nil, n*second)), strings.TrimSuffix(string(out), "\n"); got != want {
				t.Errorf("%s, %s:\n got %q\nwant %q", zone, sec, got, want)
			}
		}
	}
}

func TestTimeFractions(t *testing.T) {
	const ns = 1_700_000_000_123_456_789
	for _, test := range []struct {
		format    string
		precision int
		want      string
	}{
		{"%T.%f", 0, "22:13:20.123456"},
		{"%T.%f", 3, "22:13:20.123"},
		{"%T.%f", 9, "22:13:20.123456789"},
		{"%T.%f", NoFraction, "22:13:20"},
		{"%Y/%m/%d %T", 6, "2023/11/14 22:13:20"},
		{"%u", 2, "1700000000.12"},
		{"%d", 2, "1700000000"},
		{"%f %T", 1, "1 22:13:20"},
	} {
		f, err := ParseTimeFormat(test.format)
		if err != nil {
			t.Fatal(err)
		}
		o := &TextOptions{Time: f, Precision: test.precision}
		for range 2 { // the second time from the cache
			if got := string(o.AppendTime(nil, ns)); got != test.want {
				t.Errorf("%q with %d digits: got %q, want %q", test.format, test.precision, got, test.want)
			}
		}
	}
	for _, bad := range []string{"%", "%Q", "abc%E"} {
		if _, err := ParseTimeFormat(bad); err == nil {
			t.Errorf("%q is no error", bad)
		}
	}
}

func TestFormats(t *testing.T) {
	for format, want := range map[string]string{
		"%d": "300", "%u": "300", "0x%04x": "0x012c", "%#x": "0x12c", "%X": "12C", "%5d|": "  300|", "%-5d|": "300  |", "%05d": "00300", "%o": "454", "%.4d": "0300", "<%lu>": "<300>",
	} {
		f, err := ParseFormat(format)
		if err != nil {
			t.Errorf("%q: %v", format, err)
			continue
		}
		if got := string(f.append(nil, 300)); got != want {
			t.Errorf("%q: got %q, want %q", format, got, want)
		}
	}
	for _, bad := range []string{"", "none", "%", "%s", "%d%d", "%999d", "%f"} {
		if _, err := ParseFormat(bad); err == nil {
			t.Errorf("%q is no error", bad)
		}
	}
}
