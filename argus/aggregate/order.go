package aggregate

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// order says in which order groups are reported: by some attributes, then by
// the time of their last change. Without attributes it is that alone.
type order struct {
	by      []orderBy
	options *record.TextOptions
}

type orderBy struct {
	attribute *record.Attribute
	down      bool
}

// parseOrder reads words such as "saddr -bytes". A word with "+" or "-" is in
// ascending or descending order, another in the order that rasort has for it.
func parseOrder(text string, reg *record.Registry) (order, error) {
	var o order
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' }) {
		name := strings.TrimLeft(w, "+-")
		a, ok := reg.Lookup(name)
		if !ok {
			return o, fmt.Errorf("aggregate: order %q: there is no attribute %q", text, name)
		}
		o.by = append(o.by, orderBy{a, w[0] == '-' || w[0] != '+' && descends[a.Name]})
	}
	return o, nil
}

// The attributes that the programs sort by, in their directions.
var (
	descends = set("trans", "bytes", "sbytes", "dbytes", "pkts", "spkts", "dpkts", "appbytes", "sappbytes", "dappbytes",
		"load", "sload", "dload", "rate", "srate", "drate", "loss", "sloss", "dloss", "ploss", "sploss", "dploss", "abr", "pcr",
		"proto", "stos", "dtos", "sdsb", "ddsb", "sipid", "dipid", "smpls", "dmpls", "svlan", "dvlan", "stcpb", "dtcpb",
		"tcprtt", "smaxsz", "dmaxsz", "spktsz", "dpktsz", "sco", "dco")
	ascends = set("stime", "ltime", "dur", "mean", "min", "max", "sum", "runtime", "idle", "saddr", "daddr", "sport", "dport",
		"smask", "dmask", "sttl", "dttl", "seq", "srcid", "sid", "inf", "sminsz", "dminsz", "sas", "das", "loc", "sloc", "dloc",
		"shops", "dhops", "smac", "dmac", "soui", "doui", "nstroke", "snstroke", "dnstroke", "score", "inode")
)

// append appends a value by which groups are put in order: the order of the
// bytes. A missing value comes last in any case.
func (o *order) append(dst []byte, r *record.Record, seq uint64) []byte {
	for _, by := range o.by {
		dst = o.appendValue(dst, by, r)
	}
	return binary.BigEndian.AppendUint64(dst, seq)
}

func (o *order) appendValue(dst []byte, by orderBy, r *record.Record) []byte {
	at := len(dst)
	dst = append(dst, present)
	var ok bool
	switch a := by.attribute; {
	case a.Name == "proto":
		dst, ok = appendProtoNumber(dst, r)
	case a.Kind == record.AddressValue && a.Address != nil:
		var e record.Endpoint
		e, ok = a.Endpoint(r)
		var b [17]byte
		b[0] = byte(r.Flow().Type)
		copy(b[1:], e.Bytes())
		dst = append(dst, b[:]...)
	case a.Int != nil:
		var v int64
		v, ok = a.Int(r)
		dst = binary.BigEndian.AppendUint64(dst, uint64(v)^1<<63)
	case a.Float != nil:
		var v float64
		v, ok = a.Float(r)
		dst = binary.BigEndian.AppendUint64(dst, sortable(v))
	default:
		dst = append(a.AppendText(dst, r, o.options), 0)
		ok = len(dst)-at > 2
	}
	if !ok {
		return append(dst[:at], 0xFF)
	}
	if by.down {
		for i := at + 1; i < len(dst); i++ {
			dst[i] = ^dst[i]
		}
	}
	return dst
}

func appendProtoNumber(dst []byte, r *record.Record) ([]byte, bool) {
	f := r.Flow()
	if !r.Has(record.DSRFlow) || !f.IsIP() {
		return append(dst, 0), true
	}
	return append(dst, byte(f.Proto)), true
}

// sortable maps floats to integers of the same order.
func sortable(v float64) uint64 {
	b := math.Float64bits(v)
	if b>>63 != 0 {
		return ^b
	}
	return b | 1<<63
}

// ArgusOrder makes an Order of the words that the programs sort by.
func ArgusOrder(words []string) string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		name, _, _ := strings.Cut(w, "/")
		out = append(out, name)
	}
	return strings.Join(out, " ")
}

// Order is the words of the key that racluster sorts its results by, for
// [Config.Order], or the reverse of their directions.
func (k *Key) Order(reverse bool) []string {
	var out []string
	for _, w := range k.words {
		if !ascends[w] && !descends[w] {
			continue
		}
		if reverse {
			w = map[bool]string{true: "+", false: "-"}[descends[w]] + w
		}
		out = append(out, w)
	}
	return out
}
