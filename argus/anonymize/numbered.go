package anonymize

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"strings"
)

// AddressMap numbers addresses in the order of their appearance. It is kept in a
// file, so that later runs go on with it. It belongs to one goroutine.
type AddressMap struct {
	images map[netip.Addr]netip.Addr
	nets   map[netip.Addr]netip.Addr // first addresses of networks, and of their images
	next   map[netip.Addr]uint64     // number of the next host in the image of a network
	last   map[network]uint64        // number of the last network of a kind, by family in the sign of the class
	id     string
	fresh  []string // lines to be written
	file   *os.File
}

// NewAddressMap returns a map that is not kept.
func NewAddressMap() *AddressMap {
	return &AddressMap{
		images: map[netip.Addr]netip.Addr{}, nets: map[netip.Addr]netip.Addr{}, next: map[netip.Addr]uint64{}, last: map[network]uint64{},
	}
}

const mapTitle = "goargus address map 1 "

// OpenAddressMap reads the map in a file, or begins one. A map belongs to a key;
// that of another is an error.
func OpenAddressMap(name string, key Key) (*AddressMap, error) {
	id := key.derive("address map")
	m := NewAddressMap()
	m.id = fmt.Sprintf("%x", id[:8])
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	if err := m.read(f); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), f.Close())
	}
	m.file = f
	return m, nil
}

// read takes up what an earlier run wrote.
func (m *AddressMap) read(r io.Reader) error {
	in := bufio.NewScanner(r)
	if !in.Scan() {
		m.fresh = append(m.fresh, mapTitle+m.id)
		return in.Err()
	}
	if id, ok := strings.CutPrefix(in.Text(), mapTitle); !ok || id != m.id {
		return errors.New("not an address map of this key")
	}
	for line := 2; in.Scan(); line++ {
		var bits, class int
		var from, to string
		if n, _ := fmt.Sscan(in.Text(), &from, &to, &bits, &class); n != 4 {
			return fmt.Errorf("line %d: want an address, its image, and two numbers", line)
		}
		x, err := netip.ParseAddr(from)
		y, err2 := netip.ParseAddr(to)
		if err = errors.Join(err, err2); err != nil || bits < 0 || bits > x.BitLen() || class < 0 || class > bits || x.Is4() != y.Is4() {
			return fmt.Errorf("line %d: not an address and its image", line)
		}
		if got, err := m.number(x, network{bits, class}); err != nil || got != y {
			return fmt.Errorf("line %d: %v is not the next address", line, y)
		}
	}
	m.fresh = nil
	return in.Err()
}

// number returns the image of an address, a new one if it has none.
func (m *AddressMap) number(from netip.Addr, n network) (netip.Addr, error) {
	if to, ok := m.images[from]; ok {
		return to, nil
	}
	prefix, err := from.Prefix(n.bits)
	if err != nil {
		return from, err
	}
	base, ok := m.nets[prefix.Addr()]
	if !ok {
		if base, err = m.newNet(from, n); err != nil {
			return from, err
		}
		m.nets[prefix.Addr()] = base
	}
	host := m.next[base] + 1
	if size := from.BitLen() - n.bits; host > ones(min(size, 63)) {
		return from, fmt.Errorf("anonymize: more hosts than fit into a network of %d bits", n.bits)
	}
	m.next[base] = host
	x, size := number(base)
	to := address(u128{x.hi, x.lo + host}, size)
	m.images[from] = to
	if m.id != "" {
		m.fresh = append(m.fresh, fmt.Sprint(from, " ", to, " ", n.bits, " ", n.class))
	}
	return to, nil
}

// newNet is the first address of a new network.
func (m *AddressMap) newNet(from netip.Addr, n network) (netip.Addr, error) {
	x, size := number(from)
	kind := network{n.bits, n.class}
	class := u128{}
	if n.class > 0 {
		class = x.shr(size - n.class).shl(n.bits - n.class)
		kind.class += int(class.lo) << 8
	}
	if size == 128 {
		kind.class = -1
	}
	free := n.bits - n.class
	if _, ok := m.last[kind]; !ok && free >= 8 && n.class == 0 {
		m.last[kind] = ones(min(free-8, 62)) // so that the first one is 1.0.0.0 or 100::
	}
	m.last[kind]++
	if free == 0 {
		m.last[kind] = 0
	} else if m.last[kind] > ones(min(free, 63)) {
		return from, fmt.Errorf("anonymize: more networks than fit into %d bits", free)
	}
	net := class.or(u128{0, m.last[kind]})
	if free > 64 {
		net = class.or(u128{0, m.last[kind]}.shl(free - 64))
	}
	return address(net.shl(size-n.bits), size), nil
}

// Close writes what is new to the file, if there is one.
func (m *AddressMap) Close() error {
	if m.file == nil {
		return nil
	}
	var err error
	if len(m.fresh) > 0 {
		_, err = m.file.WriteString(strings.Join(m.fresh, "\n") + "\n")
	}
	err = errors.Join(err, m.file.Close())
	m.file = nil
	return err
}
