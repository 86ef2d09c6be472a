package capture

// flow is the state of one flow. It fills 128 bytes, two cache lines, and has
// no pointers; what few flows need stands in an aux block, what options ask
// for in an extras block, the state of TCP in the larger block around it.
//
// Everything that has two values is indexed by side: 0 is the sender of the
// first packet, the source of the record.
type flow struct {
	key     [keyWords]uint64
	next    ref // on the list that the flow is on
	prev    ref
	queued  int64 // when it was put there
	first   [2]int64
	last    [2]int64
	bytes   [2]uint64
	packets [2]uint32
	attr    [2]uint32 // TTL, TOS and IP id of the last packet
	flags   flowFlags
	list    listID
	encaps  [2]uint8 // numbers of encapsulation words
	aux     uint32   // aux block, 0 for none
}

// connection is a TCP flow.
type connection struct {
	flow
	tcp tcpState
}

// flowFlags are what is to be remembered of a flow.
type flowFlags uint8

const (
	flagReverse  flowFlags = 1 << iota // the first packet was an exchanged one: its sender is the second end of the key
	flagReported                       // a record was written
	flagAnswer                         // opened by an answer (record: DIRECTION)
	flagSrcAttr                        // attr[0] is set
	flagDstAttr                        // attr[1] is set
	flagBusy                           // UDP with more than two packets in a record
	flagControl                        // control plane data: keep it all
	flagRange                          // a second packet was seen
)

// aux is what only some flows need.
type aux struct {
	encaps  [2]uint32 // where flow.encaps is encapsInAux
	label   [2]uint32 // MPLS
	tag     [2]uint16 // VLAN
	iface   [2]uint16 // capture interface of the first packet of each side
	options [2]uint8  // IP options
	change  uint8     // bits of the encapsulation DSR
	have    auxHave
	frag    uint8 // fragment bits of the IP attributes

	proto protoState // state of the protocol's model

	mapped     icmpState // an ICMP error about the flow
	mappedQual uint8     // its qualifier, 0 without

	tunnel    uint32 // tunnel block
	extension uint32 // key extension block
	keys      uint32 // keystroke block
	fragments ref    // first fragment flow that waits at this parent
}

// auxHave says which parts of aux are set, by side.
type auxHave uint16

const (
	haveLabel   auxHave = 1 << 0
	haveTag     auxHave = 1 << 2
	haveOptions auxHave = 1 << 4
)

// protoState is the state that a protocol's model keeps: what each word means
// is said in the model's file.
type protoState struct {
	kind  protoKind
	words [12]uint32
}

// protoKind is the model that filled in a protoState.
type protoKind uint8

const (
	protoNone protoKind = iota
	protoICMP
	protoICMPv6
	protoARP
	protoESP
	protoRTP
	protoRTCP
	protoFragment
)

// Encapsulation words are few, so flows hold their number.
const encapsInAux = 255

// packetsOf is the number of packets of both sides.
func (f *flow) packetsOf() uint64 { return uint64(f.packets[0]) + uint64(f.packets[1]) }

// side is the side of a packet.
func (f *flow) side(swapped bool) int {
	if swapped == (f.flags&flagReverse != 0) {
		return 0
	}
	return 1
}

// turn exchanges the sides.
func (a *aux) turn() {
	a.encaps[0], a.encaps[1] = a.encaps[1], a.encaps[0]
	a.label[0], a.label[1] = a.label[1], a.label[0]
	a.tag[0], a.tag[1] = a.tag[1], a.tag[0]
	a.iface[0], a.iface[1] = a.iface[1], a.iface[0]
	a.options[0], a.options[1] = a.options[1], a.options[0]
	const first = 0x5555
	a.have = a.have&first<<1 | a.have>>1&first
	a.change = a.change&0x14<<1 | a.change>>1&0x14
	a.frag = a.frag&attrSrcFragment<<1 | a.frag>>1&attrSrcFragment
}
