// Package names holds the names of services, IP protocols and Ethernet types.
// The tables are embedded, so that names do not depend on the machine.
package names

import (
	_ "embed"
	"iter"
	"strconv"
	"strings"
	"sync"
)

//go:embed services.txt
var servicesText string

//go:embed protocols.txt
var protocolsText string

//go:embed ethertypes.txt
var etherTypesText string

// Numbers of the protocols that have services.
const (
	tcp = 6
	udp = 17
)

// Ports are the ports of a service by transport protocol.
type Ports struct {
	TCP, UDP       uint16
	HasTCP, HasUDP bool
}

type servicePort struct {
	port  uint16
	proto uint8
}

type serviceTable struct {
	byName map[string]Ports
	byPort map[servicePort]string
}

var services = sync.OnceValue(func() serviceTable {
	t := serviceTable{map[string]Ports{}, map[servicePort]string{}}
	for words := range rows(servicesText) {
		port := uint16(number(words[1], 16))
		for proto := range strings.SplitSeq(words[2], "/") {
			for _, name := range append([]string{words[0]}, words[3:]...) {
				t.add(name, port, proto)
			}
		}
	}
	return t
})

// add enters a name; of two for a port or two ports of a name, the first stays.
func (t *serviceTable) add(name string, port uint16, proto string) {
	p, key := t.byName[name], servicePort{port, tcp}
	switch {
	case proto == "udp":
		key.proto = udp
		if !p.HasUDP {
			p.UDP, p.HasUDP = port, true
		}
	case !p.HasTCP:
		p.TCP, p.HasTCP = port, true
	}
	t.byName[name] = p
	if _, ok := t.byPort[key]; !ok {
		t.byPort[key] = name
	}
}

// Service returns the ports of a service or of an alias; the case matters.
func Service(name string) (Ports, bool) {
	p, ok := services().byName[name]
	return p, ok
}

// Services yields the names of all services.
func Services() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range services().byName {
			if !yield(name) {
				return
			}
		}
	}
}

// Port returns the name of the service on a port of TCP (6) or UDP (17), or "".
func Port(proto uint8, port uint16) string {
	return services().byPort[servicePort{port, proto}]
}

type protocolTable struct {
	byName   map[string]uint8
	byNumber [256]string
}

var protocols = sync.OnceValue(func() *protocolTable {
	t := &protocolTable{byName: map[string]uint8{}}
	for words := range rows(protocolsText) {
		n := uint8(number(words[0], 8))
		if words[1] != "-" {
			t.byNumber[n] = words[1]
		}
		for _, name := range words[1:] {
			if _, ok := t.byName[name]; !ok && name != "-" {
				t.byName[name] = n
			}
		}
	}
	return t
})

// Protocol returns the name of an IP protocol, or "" for one that has none.
func Protocol(number uint8) string { return protocols().byNumber[number] }

// ProtocolNumber returns the number of an IP protocol by any of its names, in any case.
func ProtocolNumber(name string) (uint8, bool) {
	n, ok := protocols().byName[strings.ToLower(name)]
	return n, ok
}

// Protocols yields the names of all IP protocols.
func Protocols() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range protocols().byName {
			if !yield(name) {
				return
			}
		}
	}
}

type etherRange struct {
	first, last uint16
	name        string
}

type etherTable struct {
	ranges []etherRange
	byName map[string]uint16
}

var etherTypes = sync.OnceValue(func() etherTable {
	t := etherTable{byName: map[string]uint16{}}
	for words := range rows(etherTypesText) {
		first := uint16(number(words[0], 16))
		t.ranges = append(t.ranges, etherRange{first, uint16(number(words[1], 16)), words[2]})
		if _, ok := t.byName[words[2]]; !ok {
			t.byName[words[2]] = first
		}
	}
	return t
})

// EtherType returns the name of an Ethernet type, or "".
func EtherType(number uint16) string {
	ranges := etherTypes().ranges
	for i := len(ranges) - 1; i >= 0; i-- { // a later row wins
		if ranges[i].first <= number && number <= ranges[i].last {
			return ranges[i].name
		}
	}
	return ""
}

// EtherTypeNumber returns the first Ethernet type of a name, in any case.
func EtherTypeNumber(name string) (uint16, bool) {
	n, ok := etherTypes().byName[strings.ToLower(name)]
	return n, ok
}

// EtherTypes yields the names of all Ethernet types.
func EtherTypes() iter.Seq[string] {
	return func(yield func(string) bool) {
		for name := range etherTypes().byName {
			if !yield(name) {
				return
			}
		}
	}
}

// rows yields the words of each row of a table.
func rows(table string) iter.Seq[[]string] {
	return func(yield func([]string) bool) {
		for line := range strings.Lines(table) {
			words := strings.Fields(line)
			if len(words) == 0 || words[0] == "#" {
				continue
			}
			if !yield(words) {
				return
			}
		}
	}
}

// number reads a number of an embedded table; the tests check all of them.
func number(s string, bits int) uint64 {
	n, _ := strconv.ParseUint(s, 10, bits)
	return n
}

//go:embed saps.txt
var sapsText string

var saps = sync.OnceValue(func() *[256]string {
	t := new([256]string)
	for words := range rows(sapsText) {
		n, _ := strconv.ParseUint(words[0], 16, 8)
		t[n] = words[1]
	}
	return t
})

// SAP returns the name of a service access point of LLC, or "".
func SAP(number uint8) string { return saps()[number] }
