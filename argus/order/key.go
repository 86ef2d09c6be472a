package order

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// Keys are the attributes by which records are put in order, the first one
// first. They never change and are safe for concurrent use.
type Keys struct {
	keys []key
	text string
}

// key is one attribute with its direction.
type key struct {
	attr *record.Attribute
	down bool
	bits int // of addresses, that count; -1 for all
}

// errNoKeys is the error of an empty list.
var errNoKeys = errors.New("order: no attribute to sort by")

// ParseKeys reads names of attributes, separated by blanks or commas, such as
// "-sbytes saddr/24". A "+" before a name is ascending and a "-" is descending;
// without either it is the direction that rasort has for it: counters and rates
// from the largest on, times and addresses from the smallest. Addresses may
// have a prefix length. reg may be nil for the built-in attributes.
func ParseKeys(text string, reg *record.Registry) (*Keys, error) {
	if reg == nil {
		reg = record.Attributes()
	}
	k := &Keys{text: text}
	for _, word := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		one, err := parseKey(word, reg)
		if err != nil {
			return nil, err
		}
		k.keys = append(k.keys, one)
	}
	if len(k.keys) == 0 {
		return nil, errNoKeys
	}
	return k, nil
}

func parseKey(word string, reg *record.Registry) (key, error) {
	name, mask, masked := strings.Cut(strings.TrimLeft(word, "+-"), "/")
	a, ok := reg.Lookup(name)
	if !ok || len(word)-len(strings.TrimLeft(word, "+-")) > 1 {
		err := fmt.Errorf("order: there is no attribute %q to sort by", word)
		if near := reg.Suggest(name); len(near) > 0 {
			err = fmt.Errorf("%w: did you mean %s?", err, strings.Join(near, " or "))
		}
		return key{}, err
	}
	k := key{attr: a, bits: -1, down: word[0] == '-' || word[0] != '+' && Descends(a.Name)}
	if !masked {
		return k, nil
	}
	bits, err := strconv.Atoi(mask)
	if a.Address == nil || err != nil || bits < 0 || bits > 128 {
		return key{}, fmt.Errorf("order: %q: want a prefix length of 0 to 128, and that of an address", word)
	}
	k.bits = bits
	return k, nil
}

// String is the text that the keys were read from.
func (k *Keys) String() string { return k.text }

// Reversed returns the keys with every direction turned round.
func (k *Keys) Reversed() *Keys {
	r := &Keys{keys: append([]key(nil), k.keys...), text: k.text}
	for i := range r.keys {
		r.keys[i].down = !r.keys[i].down
	}
	return r
}

// number reports whether there is one key, a whole or broken number.
func (k *Keys) number() bool {
	return len(k.keys) == 1 && k.keys[0].numeric()
}

func (k *key) numeric() bool {
	return k.attr.Address == nil && k.attr.Name != protoName && (k.attr.Int != nil || k.attr.Float != nil)
}

// protoName is the one attribute whose order is not that of its value: it goes
// by the number of the IP protocol.
const protoName = "proto"

// value is the number by which a record is sorted, such that the smallest comes
// first, and whether it has one.
func (k *key) value(r *record.Record) (uint64, bool) {
	var v uint64
	var ok bool
	if k.attr.Int != nil {
		var i int64
		i, ok = k.attr.Int(r)
		v = uint64(i) ^ 1<<63
	} else {
		var f float64
		f, ok = k.attr.Float(r)
		v = floatOrder(f)
	}
	if k.down {
		v = ^v
	}
	return v, ok
}

// floatOrder maps numbers to integers of the same order. What is no number
// comes after all that are.
func floatOrder(f float64) uint64 {
	if f != f {
		return math.MaxUint64
	}
	b := math.Float64bits(f + 0) // no negative zero
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

// Append appends bytes that order records: one record comes before another if
// its bytes compare as less.
func (k *Keys) Append(dst []byte, r *record.Record) []byte {
	for i := range k.keys {
		dst = k.keys[i].append(dst, r)
	}
	return dst
}

const (
	present = 0x01
	missing = 0xFF
)

func (k *key) append(dst []byte, r *record.Record) []byte {
	at := len(dst)
	dst = append(dst, present)
	switch a := k.attr; {
	case k.numeric():
		v, ok := k.value(r)
		if !ok {
			break
		}
		return binary.BigEndian.AppendUint64(dst, v)
	case a.Name == protoName:
		if f := r.Flow(); r.Has(record.DSRFlow) {
			return invert(append(dst, protocol(f)), at, k.down)
		}
	case a.Address != nil:
		e, ok := a.Address(r)
		if !ok || !e.IsValid() {
			break
		}
		if k.bits >= 0 {
			e = e.Mask(k.bits)
		}
		dst = append(dst, byte(r.Flow().Type), byte(e.Family()))
		return invert(append(dst, e.Bytes()...), at, k.down)
	case a.Bytes != nil:
		if b := a.Bytes(r); len(b) > 0 {
			return invert(appendEscaped(dst, b), at, k.down)
		}
	default:
		o := record.TextOptions{Width: a.Width}
		var room [64]byte
		if b := a.Text(room[:0], r, &o); len(b) > 0 {
			return invert(appendEscaped(dst, b), at, k.down)
		}
	}
	return append(dst[:at], missing)
}

// protocol is the number of the IP protocol, 0 for what is not IP.
func protocol(f *record.Flow) byte {
	if !f.IsIP() {
		return 0
	}
	return byte(f.Proto)
}

// appendEscaped appends bytes and an end, such that a shorter string comes
// before the longer ones that it begins.
func appendEscaped(dst, b []byte) []byte {
	for _, c := range b {
		if dst = append(dst, c); c == 0 {
			dst = append(dst, 1)
		}
	}
	return append(dst, 0, 0)
}

// invert turns the order of a value round, but not whether there is one.
func invert(dst []byte, at int, down bool) []byte {
	if down {
		for i := at + 1; i < len(dst); i++ {
			dst[i] = ^dst[i]
		}
	}
	return dst
}

// Descends reports whether rasort sorts by an attribute from the largest value
// on.
func Descends(name string) bool { return descends[name] }

var descends = func() map[string]bool {
	m := map[string]bool{}
	for name := range strings.FieldsSeq(`
		trans bytes sbytes dbytes pkts spkts dpkts appbytes sappbytes dappbytes
		load sload dload rate srate drate loss sloss dloss ploss sploss dploss abr pcr
		proto stos dtos sdsb ddsb sipid dipid smpls dmpls svlan dvlan stcpb dtcpb
		tcprtt smaxsz dmaxsz spktsz dpktsz sco dco`) {
		m[name] = true
	}
	return m
}()
