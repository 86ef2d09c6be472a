package packetfilter_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/packetfilter"
)

// TestLargest: expressions as long and as deep as they may be compile, or are
// refused, without taking time or memory that grows with the square of that.
func TestLargest(t *testing.T) {
	tests := []struct {
		expr string
		want string // of the error; empty for none
	}{
		{"host 1" + strings.Repeat(" or 1", 13000), ""},
		{"host 1" + strings.Repeat(" and 1", 10000), ""},
		{"port 1" + strings.Repeat(" or 1", 13000), "the program is longer than"},
		{"tcp" + strings.Repeat(" or not tcp", 5900), ""},
		{"host ::1" + strings.Repeat(" or ::", 9000), ""},
		{"ip[0]" + strings.Repeat("+ip[0]", 10000) + "=1", ""},
		{"ip[0]" + strings.Repeat("^ip[0]", 10000) + "=1", ""},
		{"ip[0]" + strings.Repeat("-(ip[0]*ip[1]-(ip[2]&ip[3]*(ip[4]+ip[5])))", 1400) + "=1", ""},
		{strings.Repeat("(ip[0]+", 190) + "1" + strings.Repeat(")", 190) + "=1", ""},
		{strings.Repeat("ip[", 190) + "1" + strings.Repeat("]", 190) + "=1", ""},
		{strings.Repeat("(", 190) + "tcp" + strings.Repeat(")", 190), ""},
		{strings.Repeat("(port 1 and ", 190) + "tcp" + strings.Repeat(")", 190), ""},
		{"port 1 " + strings.Repeat("or (not ((1)) ", 60) + strings.Repeat(")", 60), ""},
	}
	for _, test := range tests {
		_, err := packetfilter.Compile(test.expr, capture.Ethernet, 0)
		var e *packetfilter.Error
		switch {
		case test.want == "" && err != nil:
			t.Errorf("%.40s...: %v", test.expr, err)
		case test.want != "" && (!errors.As(err, &e) || !strings.Contains(e.Message, test.want)):
			t.Errorf("%.40s...: error %v, expected %q", test.expr, err, test.want)
		}
	}
}
