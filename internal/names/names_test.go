package names

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestService(t *testing.T) {
	tests := map[string]Ports{
		"http":     {TCP: 80, HasTCP: true},
		"www":      {TCP: 80, HasTCP: true},
		"domain":   {TCP: 53, HasTCP: true, UDP: 53, HasUDP: true},
		"ntp":      {UDP: 123, HasUDP: true},
		"nosuch":   {},
		"ftp-data": {TCP: 20, HasTCP: true},
	}
	for name, want := range tests {
		got, ok := Service(name)
		if diff := cmp.Diff(want, got); diff != "" || ok != (want.HasTCP || want.HasUDP) {
			t.Errorf("Service(%q), %v (-want +got):\n%s", name, ok, diff)
		}
	}
}

func TestNumbersToNames(t *testing.T) {
	type row struct{ Port80TCP, Port80UDP, Port53, TCP, Unnamed, IPv4, LLDP, Exp string }
	got := row{Port(6, 80), Port(17, 80), Port(17, 53), Protocol(6), Protocol(200), EtherType(0x0800), EtherType(0x88cc), EtherType(300)}
	want := row{"http", "", "domain", "tcp", "", "ipv4", "lldp", "exp"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNamesToNumbers(t *testing.T) {
	for name, want := range map[string]uint8{"tcp": 6, "TCP": 6, "gre": 47, "ipv6-icmp": 58, "esp": 50, "ipsec-esp": 50, "hopopt": 0} {
		if got, ok := ProtocolNumber(name); !ok || got != want {
			t.Errorf("ProtocolNumber(%q) = %d, %v, want %d", name, got, ok, want)
		}
	}
	for name, want := range map[string]uint16{"ip": 0x0800, "ipv4": 0x0800, "ipv6": 0x86dd, "arp": 0x0806, "LLDP": 0x88cc} {
		if got, ok := EtherTypeNumber(name); !ok || got != want {
			t.Errorf("EtherTypeNumber(%q) = %#x, %v, want %#x", name, got, ok, want)
		}
	}
	if _, ok := ProtocolNumber("-"); ok {
		t.Error(`"-" is no protocol`)
	}
}

// Every row of the tables has its numbers, and every name leads somewhere.
func TestTables(t *testing.T) {
	for _, table := range []struct {
		text    string
		numbers []int
		bits    int
		min     int
	}{{servicesText, []int{1}, 16, 3}, {protocolsText, []int{0}, 8, 2}, {etherTypesText, []int{0, 1}, 16, 3}} {
		n := 0
		for words := range rows(table.text) {
			n++
			if len(words) < table.min {
				t.Fatalf("row %q is short", words)
			}
			for _, i := range table.numbers {
				if _, err := strconv.ParseUint(words[i], 10, table.bits); err != nil {
					t.Errorf("row %q: %v", words, err)
				}
			}
		}
		if n < 100 {
			t.Errorf("a table has %d rows only", n)
		}
	}
	for name := range Services() {
		p, _ := Service(name)
		if p.HasTCP && Port(6, p.TCP) == "" || p.HasUDP && Port(17, p.UDP) == "" {
			t.Errorf("service %q has no port", name)
		}
	}
	for name := range Protocols() {
		if _, ok := ProtocolNumber(name); !ok {
			t.Errorf("protocol %q is not found", name)
		}
	}
	for name := range EtherTypes() {
		if n, _ := EtherTypeNumber(name); EtherType(n) == "" {
			t.Errorf("Ethernet type %q is not found", name)
		}
	}
}

func Example() {
	p, _ := Service("domain")
	fmt.Println(p.UDP, Port(6, 443), Protocol(17), EtherType(0x0806))
	// Output: 53 https udp arp
}
