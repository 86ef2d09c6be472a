package names

import (
	"bufio"
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
)

//go:embed vendors.txt.gz
var vendorsData []byte

// Vendors are names of the vendors of Ethernet addresses, by prefix.
type Vendors struct {
	byPrefix map[uint64]string // prefix, left in 48 bits, and its length above them
	lengths  []int
}

// Name is the vendor of an address, or "": that of the longest prefix.
func (v *Vendors) Name(mac [6]byte) string {
	var a uint64
	for _, b := range mac {
		a = a<<8 | uint64(b)
	}
	for _, n := range v.lengths {
		if name, ok := v.byPrefix[prefixKey(a, n)]; ok {
			return name
		}
	}
	return ""
}

func prefixKey(a uint64, bits int) uint64 {
	return a>>(48-bits)<<(48-bits) | uint64(bits)<<48
}

// prefixLengths are those that the IEEE gives out, longest first.
var prefixLengths = []int{36, 28, 24}

// maxVendors bounds the size of a table.
const maxVendors = 1 << 20

// ReadVendors reads a table: a line each of a prefix (00:00:01, 00-00-01 or
// 000001, with or without /28 or /36), blanks, a short name, and what else there
// is. "#" starts a comment.
func ReadVendors(r io.Reader) (*Vendors, error) {
	v := &Vendors{byPrefix: map[uint64]string{}, lengths: prefixLengths}
	s := bufio.NewScanner(r)
	for n := 1; s.Scan(); n++ {
		words := strings.Fields(s.Text())
		if len(words) < 2 || words[0][0] == '#' {
			continue
		}
		key, err := parsePrefix(words[0])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		if len(v.byPrefix) >= maxVendors {
			return nil, fmt.Errorf("line %d: more than %d vendors", n, maxVendors)
		}
		if key != 0 {
			v.byPrefix[key] = words[1]
		}
	}
	return v, s.Err()
}

// parsePrefix reads a prefix. One of another length than the IEEE's is 0: such
// tables have single addresses too.
func parsePrefix(text string) (uint64, error) {
	digits, length, hasLength := strings.Cut(text, "/")
	digits = strings.NewReplacer(":", "", "-", "", ".", "").Replace(digits)
	a, err := strconv.ParseUint(digits, 16, 48)
	bits := 4 * len(digits)
	if err != nil || bits > 48 {
		return 0, fmt.Errorf("prefix %q: want octets such as 00:00:0C", text)
	}
	a <<= 48 - bits
	if hasLength {
		if bits, err = strconv.Atoi(length); err != nil || bits < 0 || bits > 48 {
			return 0, fmt.Errorf("prefix %q: want a length from 0 to 48", text)
		}
	}
	for _, n := range prefixLengths {
		if bits == n {
			return prefixKey(a, bits), nil
		}
	}
	return 0, nil
}

var vendors = sync.OnceValue(func() *Vendors {
	z, err := gzip.NewReader(bytes.NewReader(vendorsData))
	if err != nil {
		return &Vendors{} // the tests read it
	}
	v, err := ReadVendors(z)
	if err != nil {
		return &Vendors{}
	}
	return v
})

// Vendor is the vendor of an Ethernet address by the registry of the IEEE, or
// "".
func Vendor(mac [6]byte) string { return vendors().Name(mac) }
