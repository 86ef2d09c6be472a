package packetfilter

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestNames compares what names stand for with libpcap: the program for names
// must be the program for the numbers.
func TestNames(t *testing.T) {
	if _, err := exec.LookPath("tcpdump"); err != nil {
		t.Skip("tcpdump not installed")
	}
	tests := []struct {
		before, name, number string // a condition on a name, and on its number
		names                map[string]uint32
	}{
		{"ip proto ", `\%s`, "%d", ipProtocols},
		{"ether proto ", `\%s`, "%d", etherProtocols},
		{"iso proto ", `\%s`, "%d", isoProtocols},
		{"", "ip[0] = %s", "ip[0] = %d", numberWords},
	}
	for _, test := range tests {
		for _, name := range slices.Sorted(maps.Keys(test.names)) {
			named := program(t, test.before+fmt.Sprintf(test.name, name))
			numbered := program(t, test.before+fmt.Sprintf(test.number, test.names[name]))
			if strings.Contains(named, "unknown ip proto") {
				continue // libpcap asks the system, which need not know all of them
			}
			if named != numbered {
				t.Errorf("%s%s is not %d:\n%s", test.before, name, test.names[name], named)
			}
		}
	}
}

// program returns what libpcap makes of an expression on Ethernet.
func program(t *testing.T, expr string) string {
	header := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	for _, v := range []uint32{4<<16 | 2, 0, 0, 65535, 1} {
		header = binary.LittleEndian.AppendUint32(header, v)
	}
	cmd := exec.Command("tcpdump", "-d", "-r", "-", "--", expr)
	cmd.Stdin = bytes.NewReader(header)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return strings.TrimSpace(string(out))
	}
	_, text, _ := strings.Cut(string(out), "\n")
	return text
}
