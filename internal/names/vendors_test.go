package names

import (
	"strings"
	"testing"
)

func TestVendor(t *testing.T) {
	for mac, want := range map[[6]byte]string{
		{0x00, 0x00, 0x0c, 1, 2, 3}: "Cisco",
		{0x00, 0x00, 0x01, 1, 2, 3}: "Xerox",
		{0x02, 0x00, 0x00, 1, 2, 3}: "",
	} {
		if got := Vendor(mac); got != want {
			t.Errorf("Vendor(%x) = %q, want %q", mac, got, want)
		}
	}
}

func TestReadVendors(t *testing.T) {
	v, err := ReadVendors(strings.NewReader("# comment\n00:00:0C\tCisco\tCisco Systems, Inc\n70:B3:D5:12:30:00/36\tLittle\n70-B3-D5 Big\n\n01:80:C2:00:00:00 STP\n"))
	if err != nil {
		t.Fatal(err)
	}
	for mac, want := range map[[6]byte]string{
		{0, 0, 0x0c, 9, 9, 9}:                "Cisco",
		{0x70, 0xb3, 0xd5, 0x12, 0x34, 0x56}: "Little",
		{0x70, 0xb3, 0xd5, 0x12, 0x44, 0x56}: "Big",
		{1, 0x80, 0xc2, 0, 0, 0}:             "",
	} {
		if got := v.Name(mac); got != want {
			t.Errorf("Name(%x) = %q, want %q", mac, got, want)
		}
	}
	for _, bad := range []string{"zz:00:01 X\n", "00:00:01:02:03:04:05 X\n", "00:00:01/99 X\n"} {
		if _, err := ReadVendors(strings.NewReader(bad)); err == nil || !strings.Contains(err.Error(), "line 1") {
			t.Errorf("%q: error %v", bad, err)
		}
	}
}
