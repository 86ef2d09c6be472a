package filter

import (
	"net/netip"

	"github.com/seed-6ae541b3/goargus/record"
)

// Options are what a filter may ask of its surroundings. The zero value asks
// nothing: no host name is resolved and no file is read.
type Options struct {
	// Resolver finds the addresses of a host name. Without it a host name is
	// an error; "localhost" is always the loopback addresses.
	Resolver func(name string) ([]netip.Addr, error)

	// Network finds the prefix of a network name.
	Network func(name string) (netip.Prefix, error)

	// Ethernet finds the Ethernet address of a host name, as an ethers file does.
	Ethernet func(name string) (record.MAC, error)

	// Node finds the sensor id (a UUID) that a node name stands for.
	Node func(name string) (string, error)

	// Service finds the ports of a service by protocol, 0 for a protocol that
	// does not have it; nil means the built-in table of assigned names.
	Service func(name string) (tcp, udp uint16, ok bool)

	// ReadFile reads the file of networks that "in file" names. Programs that
	// trust whoever writes the filter give os.ReadFile.
	ReadFile func(name string) ([]byte, error)

	// Registry holds the attributes that can be compared; nil means the
	// built-in one.
	Registry *record.Registry

	// Clock is what the times that attributes are compared with count from.
	Clock Clock

	// DISA reads the names of code points by the table of the DISA.
	DISA bool
}
