package address_test

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus/address"
)

// How near an address is.
func ExampleReadLocalities() {
	table, err := address.ReadLocalities(strings.NewReader("0.0.0.0/0 1\n192.0.2.0/24 4 64496 lab\n"), "localities")
	if err != nil {
		fmt.Println(err)
		return
	}
	near, _ := table.Lookup(netip.MustParseAddr("192.0.2.7"))
	far, _ := table.Lookup(netip.MustParseAddr("198.51.100.7"))
	fmt.Println(near.Level, near.ASN, near.Group, far.Level >= address.Nearby)
	// Output: 4 64496 lab false
}
