package anonymize

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Part is a part of records that a rule is about.
type Part string

// Action is what is done with a part.
type Action string

// The actions. Not every part has every action: see [Parts].
const (
	Remove   Action = ""         // the part is not in the result; the default of everything
	Keep     Action = "keep"     // it is as it was
	Map      Action = "map"      // by a keyed bijection
	Prefix   Action = "prefix"   // addresses: Crypto-PAn
	Random   Action = "random"   // addresses: a keyed bijection, network and host apart
	Numbered Action = "number"   // addresses: in order of appearance, by a map that is kept in a file
	Truncate Action = "truncate" // addresses: the host part is zero
	Vendor   Action = "vendor"   // Ethernet addresses: the first three bytes are kept
	Known    Action = "known"    // ports: those below 1024 are kept, the others mapped
	Offset   Action = "offset"   // numbers: a keyed number is added, so that differences are as they were
	Bucket   Action = "bucket"   // TTL: what it was at the start
	Hashed   Action = "hash"     // names: a keyed hash
)

// Rules say what is done with each part.
type Rules map[Part]Action

// parts are all parts with their actions beside Remove. Flow is the key with its
// kind and protocol; what else is in it has parts of its own. Without time the
// records have no times at all, net is protocol state, ids are identifiers in keys,
// tunnel are the numbers of virtual networks.
var parts = map[Part][]Action{
	"flow": {Keep}, "ipv4": {Keep, Prefix, Random, Numbered, Truncate}, "ipv6": {Keep, Prefix, Random, Numbered, Truncate},
	"mac": {Keep, Map, Vendor}, "port": {Keep, Map, Known}, "ids": {Keep, Map}, "time": {Keep, Offset}, "seq": {Keep, Offset},
	"srcid": {Keep, Map}, "inf": {Keep, Hashed}, "ttl": {Keep, Bucket}, "tos": {Keep}, "ipid": {Keep, Map}, "ipopt": {Keep},
	"tcpseq": {Keep, Offset}, "net": {Keep}, "metric": {Keep}, "agr": {Keep}, "jitter": {Keep}, "psize": {Keep},
	"vlan": {Keep, Map}, "mpls": {Keep, Map}, "encaps": {Keep}, "tunnel": {Keep, Map}, "icmp": {Map}, "asn": {Keep, Map},
	"label": {Keep, Hashed}, "suser": {Keep}, "duser": {Keep}, "cocode": {Keep}, "local": {Keep}, "score": {Keep}, "behavior": {Keep},
}

// Parts yields all parts, by name.
func Parts() []Part {
	var out []Part
	for p := range parts {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

// DefaultRules maps what names someone, keeps what counts, and removes all else:
// user data, labels, countries, localities, scores and hashes.
func DefaultRules() Rules {
	return Rules{
		"flow": Keep, "ipv4": Prefix, "ipv6": Prefix, "mac": Map, "port": Known, "ids": Map, "time": Offset, "seq": Offset, "srcid": Map,
		"ttl": Bucket, "tos": Keep, "ipid": Map, "tcpseq": Offset, "net": Keep, "metric": Keep, "agr": Keep, "jitter": Keep,
		"psize": Keep, "vlan": Map, "mpls": Map, "encaps": Keep, "tunnel": Map, "icmp": Map,
	}
}

// Actions are what may be done with a part beside removing it, as text.
func Actions(p Part) string { return join(parts[p]) }

// check reports a rule that is none.
func (r Rules) check() error {
	var errs []error
	for part, action := range r {
		allowed, ok := parts[part]
		switch {
		case !ok:
			errs = append(errs, fmt.Errorf("anonymize: there is no part %q", part))
		case action != Remove && !slices.Contains(allowed, action):
			errs = append(errs, fmt.Errorf("anonymize: %s cannot be %q: want remove or %s", part, action, join(allowed)))
		}
	}
	return errors.Join(errs...)
}

func join(list []Action) string {
	var words []string
	for _, a := range list {
		words = append(words, string(a))
	}
	return strings.Join(words, ", ")
}

// Hierarchy is what [Random] and [Numbered] keep together: the addresses of a
// network stay in one network.
type Hierarchy struct {
	// Class makes the length that of the class of an IPv4 address (8, 16 or 24)
	// and keeps the class.
	Class bool
	Bits4 int // length of IPv4 networks; 0 is none
	Bits6 int // length of IPv6 networks; 0 is none
}
