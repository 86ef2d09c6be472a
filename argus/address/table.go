// Package address reads tables of networks: which are near ([Localities]), to
// which country they belong ([Countries]).
package address

import (
	"net/netip"

	"github.com/gaissmai/bart"
)

// maxEntries bounds a table.
const maxEntries = 4 << 20

// lookup returns what a table says of the most specific network of an address.
func lookup[V any](t *bart.Table[V], a netip.Addr) (V, bool) {
	return t.Lookup(a.Unmap().WithZone(""))
}
