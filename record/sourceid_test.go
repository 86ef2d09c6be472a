package record

import "testing"

func TestParseSourceID(t *testing.T) {
	for _, c := range []struct {
		in   string
		want SourceID
		bad  bool
	}{
		{in: "192.0.2.1", want: SourceID{IDIPv4, [16]byte{192, 0, 2, 1}}},
		{in: "2001:db8::1", want: SourceID{IDIPv6, [16]byte{0x20, 0x01, 0x0d, 0xb8, 15: 1}}},
		{in: "305419896", want: SourceID{IDInt, [16]byte{0x12, 0x34, 0x56, 0x78}}},
		{in: "0x12345678", want: SourceID{IDInt, [16]byte{0x12, 0x34, 0x56, 0x78}}},
		{in: `"ab"`, want: SourceID{IDString, [16]byte{'a', 'b'}}},
		{in: "12345678-1234-5678-1234-567812345678", want: SourceID{IDUUID, [16]byte{
			0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78, 0x12, 0x34, 0x56, 0x78}}},
		{in: `"abcde"`, bad: true},
		{in: "", bad: true},
		{in: "4294967296", bad: true},
		{in: "host.example", bad: true},
		{in: "12345678-1234-5678-1234-56781234567g", bad: true},
	} {
		got, err := ParseSourceID(c.in)
		if (err != nil) != c.bad || got != c.want {
			t.Errorf("%q: got %v, %v", c.in, got, err)
		}
	}
}
