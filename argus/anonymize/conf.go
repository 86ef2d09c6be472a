package anonymize

import (
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// Conf is what a ranonymize.conf says.
type Conf struct {
	Config   // its Key and Map are not set
	KeyFile  string
	MapFile  string
	Seed     string   // of a key, if there is no file
	Warnings []string // of variables whose meaning here is another than in the C program
}

// ParseConf reads variables of the form RANON_NAME=value, as in the
// ranonymize.conf of the C program, on top of the default rules. Beyond those
// there are RANON_KEY_FILE, RANON_RULES ("part=action, ..."), and the method
// "prefix" of addresses, which is the default. An unknown variable is an error.
func ParseConf(text string) (*Conf, error) {
	c := &Conf{Config: Config{Rules: DefaultRules()}}
	n := 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		name = strings.TrimSpace(name)
		if !ok {
			return nil, fmt.Errorf("line %d: want NAME=value", n)
		}
		set, ok := variables[name]
		if !ok {
			return nil, fmt.Errorf("line %d: there is no variable %s", n, name)
		}
		if err := set(c, unquoted(value)); err != nil {
			return nil, fmt.Errorf("line %d: %s: %w", n, name, err)
		}
	}
	return c, c.Rules.check()
}

// unquoted takes quotes off a value, or a comment behind it.
func unquoted(v string) string {
	v = strings.TrimSpace(v)
	if len(v) > 0 && v[0] == '"' {
		if end := strings.IndexByte(v[1:], '"'); end >= 0 {
			return v[1 : 1+end]
		}
	}
	v, _, _ = strings.Cut(v, "#")
	return strings.TrimSpace(v)
}

// RandomKey returns a key that nobody has.
func RandomKey() (k Key) {
	_, _ = rand.Read(k[:]) // never fails
	return k
}

// SeedKey returns the key of a seed.
func SeedKey(seed string) Key { return sha256.Sum256([]byte("goargus seed " + seed)) }

type setter = func(c *Conf, value string) error

var variables map[string]setter

func init() { // its functions refer to others
	variables = map[string]setter{
		"RANON_SEED":     func(c *Conf, v string) error { c.Seed = v; return nil },
		"RANON_KEY_FILE": func(c *Conf, v string) error { c.KeyFile = v; return nil },
		"RANON_RULES":    (*Conf).AddRules,

		"RANON_SEQNUM_OFFSET":       (*Conf).seqOffset,
		"RANON_TIME_SEC_OFFSET":     func(c *Conf, v string) error { return c.timeOffset(v, 1e9) },
		"RANON_TIME_USEC_OFFSET":    func(c *Conf, v string) error { return c.timeOffset(v, 1e3) },
		"RANON_AS_ANONYMIZATION":    func(c *Conf, v string) error { return c.choose("asn", v, Map) },
		"RANON_PRESERVE_IP_ID":      func(c *Conf, v string) error { return c.preserve("ipid", v, Map) },
		"RANON_PRESERVE_IP_TTL":     func(c *Conf, v string) error { return c.preserve("ttl", v, Bucket) },
		"RANON_PRESERVE_IP_TOS":     func(c *Conf, v string) error { return c.preserve("tos", v, Remove) },
		"RANON_PRESERVE_IP_OPTIONS": func(c *Conf, v string) error { return c.preserve("ipopt", v, Remove) },

		"RANON_ETHERNET_ANONYMIZATION":      func(c *Conf, v string) error { return c.choose("mac", v, Map) },
		"RANON_PRESERVE_ETHERNET_VENDOR":    (*Conf).vendor,
		"RANON_PRESERVE_ETHERNET_BROADCAST": always,
		"RANON_PRESERVE_ETHERNET_MULTICAST": always,

		"RANON_IP_ADDRESS_ANONYMIZATION":       (*Conf).addresses,
		"RANON_NET_ANONYMIZATION":              (*Conf).addresses,
		"RANON_HOST_ANONYMIZATION":             (*Conf).addresses,
		"RANON_NETWORK_ADDRESS_LENGTH":         (*Conf).length,
		"RANON_PRESERVE_NET_ADDRESS_HIERARCHY": (*Conf).hierarchy,
		"RANON_PRESERVE_BROADCAST_ADDRESS":     (*Conf).special,
		"RANON_PRESERVE_MULTICAST_ADDRESS":     (*Conf).special,
		"RANON_SPECIFY_HOST_TRANSLATION":       (*Conf).translation,
		"RANON_MAP_DUMPFILE":                   func(c *Conf, v string) error { c.MapFile = v; return nil },

		"RANON_PORT_METHOD":                   (*Conf).portMethod,
		"RANON_PRESERVE_WELLKNOWN_PORT_NUMS":  func(c *Conf, v string) error { return c.portsBelow(v, 1024) },
		"RANON_PRESERVE_REGISTERED_PORT_NUMS": func(c *Conf, v string) error { return c.portsBelow(v, 49152) },
		"RANON_PRESERVE_PRIVATE_PORT_NUMS":    func(c *Conf, v string) error { return c.portsBelow(v, 65536) },
		"RANON_PRESERVE_PORT_NUMS":            (*Conf).ports,
		"RANON_PRESERVE_PORT_NUM":             (*Conf).ports,

		"RANON_TRANSREFNUM_OFFSET":      unused("transaction reference numbers are not in records"),
		"RANON_PRESERVE_ICMPMAPPED_TTL": unused("times to live follow RANON_PRESERVE_IP_TTL"),
		"RANON_CLASSA_NET_ADDRESS_LIST": unused("networks are numbered within their class"),
		"RANON_CLASSB_NET_ADDRESS_LIST": unused("networks are numbered within their class"),
		"RANON_CLASSC_NET_ADDRESS_LIST": unused("networks are numbered within their class"),
		"RANON_CLASSM_NET_ADDRESS_LIST": unused("networks are numbered within their class"),
		"RANON_SPECIFY_ASN_TRANSLATION": refused,
		"RANON_SPECIFY_NET_TRANSLATION": refused,
	}
}

func unused(why string) setter {
	return func(c *Conf, _ string) error { c.Warnings = append(c.Warnings, "not used: "+why); return nil }
}

func refused(*Conf, string) error { return errors.New("is not supported") }

func yes(v string) (bool, error) {
	switch strings.ToLower(v) {
	case "yes", "y", "true", "1":
		return true, nil
	case "no", "n", "false", "0", "":
		return false, nil
	}
	return false, fmt.Errorf("%q: want yes or no", v)
}

// always is of what is always preserved.
func always(_ *Conf, v string) error {
	if on, err := yes(v); err != nil || !on {
		return errors.Join(err, errors.New("broadcast and group addresses keep their marks: want yes"))
	}
	return nil
}

// AddRules changes rules: "part=action, ...", where the action may be "remove".
func (c *Conf) AddRules(v string) error {
	for item := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' || r == ' ' }) {
		part, action, ok := strings.Cut(item, "=")
		if !ok {
			return fmt.Errorf("%q: want part=action", item)
		}
		if action == "remove" {
			action = ""
		}
		c.Rules[Part(part)] = Action(action)
	}
	return c.Rules.check()
}

// preserve keeps a part, or else does what is due.
func (c *Conf) preserve(p Part, v string, otherwise Action) error {
	on, err := yes(v)
	if c.Rules[p] = otherwise; on {
		c.Rules[p] = Keep
	}
	return err
}

// choose is sequential, random or no.
func (c *Conf) choose(p Part, v string, mapped Action) error {
	switch v {
	case "sequential", "random", "offset:random":
		if c.Rules[p] != Vendor {
			c.Rules[p] = mapped
		}
	case "no":
		c.Rules[p] = Keep
	default:
		return fmt.Errorf("%q: want random or no", v)
	}
	if v == "sequential" {
		c.Warnings = append(c.Warnings, string(p)+": a keyed mapping takes the place of the sequential one")
	}
	return nil
}

func (c *Conf) vendor(v string) error {
	on, err := yes(v)
	if on && c.Rules["mac"] != Keep {
		c.Rules["mac"] = Vendor
	}
	return err
}

// offset is random, fixed:N or no.
func offset(v string) (n int64, action Action, err error) {
	number, fixed := strings.CutPrefix(v, "fixed:")
	switch {
	case fixed:
		n, err = strconv.ParseInt(number, 10, 64)
		return n, Offset, err
	case v == "random":
		return 0, Offset, nil
	case v == "no":
		return 0, Keep, nil
	}
	return 0, Remove, fmt.Errorf("%q: want random, fixed:N or no", v)
}

func (c *Conf) seqOffset(v string) error {
	n, action, err := offset(v)
	if err != nil || n < 0 || n > 1<<32-1 {
		return errors.Join(err, errors.New("want an offset of 32 bits"))
	}
	c.Rules["seq"], c.SeqOffset = action, uint32(n)
	return nil
}

// timeOffset is subtracted, as in the C program.
func (c *Conf) timeOffset(v string, unit int64) error {
	n, action, err := offset(v)
	switch {
	case err != nil:
		return err
	case n > 1<<62/unit || n < -(1<<62)/unit:
		return errors.New("want an offset of less than 140 years")
	case action == Keep && unit != 1e9:
		return nil
	}
	c.Rules["time"] = action
	c.TimeShift -= n * unit
	return nil
}

func (c *Conf) addresses(v string) error {
	action, ok := map[string]Action{"sequential": Numbered, "random": Random, "prefix": Prefix, "no": Keep}[v]
	if !ok {
		return fmt.Errorf("%q: want prefix, sequential, random or no", v)
	}
	if action == Keep && c.Rules["ipv4"] != Keep && c.Rules["ipv4"] != Prefix {
		return errors.New("network and host are mapped both or not at all")
	}
	c.Rules["ipv4"], c.Rules["ipv6"] = action, action
	if c.Hierarchy == (Hierarchy{}) {
		c.Hierarchy = Hierarchy{Class: true, Bits6: 64}
	}
	return nil
}

func (c *Conf) length(v string) error {
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 32 {
		return fmt.Errorf("%q: want a prefix length", v)
	}
	c.Hierarchy.Bits4 = n
	return nil
}

func (c *Conf) hierarchy(v string) error {
	c.Hierarchy.Bits6 = 64
	bits, cidr := strings.CutPrefix(v, "cidr/")
	switch {
	case cidr:
		c.Hierarchy.Class = false
		return c.length(bits)
	case v == "class":
		c.Hierarchy.Class = true
	case v == "subnet" || v == "cidr":
		c.Hierarchy.Class = false
		if c.Hierarchy.Bits4 == 0 {
			c.Hierarchy.Bits4 = 24
		}
	case v == "no":
		c.Hierarchy = Hierarchy{}
	default:
		return fmt.Errorf("%q: want cidr/N, class, subnet or no", v)
	}
	return nil
}

func (c *Conf) special(v string) error {
	on, err := yes(v)
	c.KeepSpecial = c.KeepSpecial || on
	return err
}

func (c *Conf) translation(v string) error {
	from, to, ok := strings.Cut(v, "::")
	x, err := netip.ParseAddr(from)
	y, err2 := netip.ParseAddr(to)
	if err = errors.Join(err, err2); !ok || err != nil || !x.Is4() || !y.Is4() {
		return fmt.Errorf("%q: want two IPv4 addresses, from::to", v)
	}
	if c.Fixed == nil {
		c.Fixed = map[netip.Addr]netip.Addr{}
	}
	c.Fixed[x] = y
	return nil
}

func (c *Conf) portMethod(v string) error {
	switch v {
	case "random", "offset:random":
		c.Rules["port"] = Map
	case "no":
		c.Rules["port"] = Keep
	default:
		return fmt.Errorf("%q: want random or no", v)
	}
	return nil
}

func (c *Conf) portsBelow(v string, limit int) error {
	on, err := yes(v)
	if !on {
		if limit == 1024 && c.Rules["port"] == Known {
			c.Rules["port"] = Map
		}
		return err
	}
	for p := range limit {
		c.Ports = append(c.Ports, uint16(p))
	}
	return nil
}

func (c *Conf) ports(v string) error {
	for word := range strings.FieldsFuncSeq(v, func(r rune) bool { return r == ',' || r == ' ' }) {
		p, err := strconv.ParseUint(word, 10, 16)
		if err != nil {
			return fmt.Errorf("%q: want a port", word)
		}
		c.Ports = append(c.Ports, uint16(p))
	}
	return nil
}

// ParseKey reads a key: 32 bytes, or 64 hexadecimal digits with or without
// blanks.
func ParseKey(b []byte) (k Key, err error) {
	if len(b) == KeySize {
		return Key(b), nil
	}
	digits := strings.Join(strings.Fields(string(b)), "")
	if len(digits) != 2*KeySize {
		return k, fmt.Errorf("anonymize: a key is %d bytes or %d hexadecimal digits, found %d characters", KeySize, 2*KeySize, len(digits))
	}
	for i := range k {
		x, err := strconv.ParseUint(digits[2*i:2*i+2], 16, 8)
		if err != nil {
			return Key{}, errors.New("anonymize: the key has characters that are no hexadecimal digits")
		}
		k[i] = byte(x)
	}
	return k, nil
}
