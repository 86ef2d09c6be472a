package record

// DSR names a data-specific record within a record. Its number is the place
// that writers give it: DSRs stand in increasing order (format, "DSR order").
type DSR uint8

// The data-specific records.
const (
	DSRTransport   DSR = iota // source id and sequence number
	DSRFlow                   // flow key
	DSRTime                   // start and end times
	DSRMetrics                // packets, bytes, application bytes
	DSRAggregate              // aggregation statistics
	DSRNetwork                // protocol state, fragment state
	DSRVLAN                   // 802.1Q tags
	DSRMPLS                   // MPLS labels
	DSRJitter                 // inter-packet times
	DSRIPAttr                 // TTL, TOS, IP id, options
	DSRSizes                  // packet sizes
	DSRSrcData                // user data of the source
	DSRDstData                // user data of the destination
	DSRMAC                    // Ethernet addresses
	DSRICMP                   // an ICMP error mapped to the flow
	DSREncaps                 // encapsulations
	DSRTimeAdjust             // reserved
	DSRBehavior               // keystrokes
	DSRCorrelation            // correlation
	DSRCountry                // country codes
	DSRLabel                  // label
	DSRASN                    // autonomous system numbers
	DSRGeo                    // geographic coordinates
	DSRLocal                  // locality
	DSRHash                   // flow hash
	DSRVXLAN                  // VXLAN networks
	DSRGRE                    // GRE tunnel
	DSRGeneve                 // Geneve tunnel
	DSRScore                  // score

	numDSR     = 29
	noDSR  DSR = 0xFF
)

// dsrInfo is what the index needs to know of a DSR: the wire type, a name and
// the least length in words that can hold its fixed part.
type dsrInfo struct {
	name string
	wire uint8
	min  uint8
}

var dsrTable = [numDSR]dsrInfo{
	DSRTransport:   {"transport", 0x01, 1},
	DSRFlow:        {"flow", 0x02, 3},
	DSRTime:        {"time", 0x03, 1},
	DSRMetrics:     {"metric", 0x10, 1},
	DSRAggregate:   {"agr", 0x60, 1},
	DSRNetwork:     {"network", 0x30, 1},
	DSRVLAN:        {"vlan", 0x40, 2},
	DSRMPLS:        {"mpls", 0x44, 1},
	DSRJitter:      {"jitter", 0x46, 1},
	DSRIPAttr:      {"ipattr", 0x48, 1},
	DSRSizes:       {"psize", 0x12, 1},
	DSRSrcData:     {"suser", 0x50, 2},
	DSRDstData:     {"duser", 0x50, 2},
	DSRMAC:         {"mac", 0x42, 5},
	DSRICMP:        {"icmp", 0x34, 7},
	DSREncaps:      {"encaps", 0x20, 3},
	DSRTimeAdjust:  {"timeadj", 0xFF, 1}, // has no wire type
	DSRBehavior:    {"behavior", 0x54, 3},
	DSRCorrelation: {"cor", 0x62, 1},
	DSRCountry:     {"cocode", 0x64, 2},
	DSRLabel:       {"label", 0x66, 1},
	DSRASN:         {"asn", 0x32, 3},
	DSRGeo:         {"geo", 0x68, 1},
	DSRLocal:       {"local", 0x6A, 3},
	DSRHash:        {"hash", 0x07, 3},
	DSRVXLAN:       {"vxlan", 0x43, 3},
	DSRGRE:         {"gre", 0x41, 2},
	DSRGeneve:      {"geneve", 0x45, 3},
	DSRScore:       {"score", 0x55, 3},
}

// dsrOfType maps a wire type to its DSR. User data is the source's; the
// subtype tells.
var dsrOfType = func() (t [256]DSR) {
	for i := range t {
		t[i] = noDSR
	}
	for d, info := range dsrTable {
		if info.wire != 0xFF {
			t[info.wire] = DSR(d)
		}
	}
	t[typeUserData] = DSRSrcData
	return t
}()

// dsrForm is what a type code says of a DSR: its number in the low byte, its
// least length in words in the high one. The number of an unknown type is 31.
type dsrForm uint16

// dsrForms are the forms of all type codes.
var dsrForms = func() (t [256]dsrForm) {
	for code, d := range dsrOfType {
		t[code] = 31
		if d < numDSR {
			t[code] = dsrForm(d) | dsrForm(dsrTable[d].min)<<8
		}
	}
	return t
}()

const (
	typePadding  = 0x00
	typeNetwork  = 0x30
	typeUserData = 0x50
)

func (d DSR) String() string {
	if int(d) < len(dsrTable) {
		return dsrTable[d].name
	}
	return "unknown"
}

// Type is the type code of the DSR on the wire.
func (d DSR) Type() uint8 { return dsrTable[d].wire }
