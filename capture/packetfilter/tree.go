package packetfilter

// The syntax tree. Nodes keep the token that an error about them points at.

// expr is a condition on a packet.
type expr interface{ isExpr() }

type (
	// combination is "left and right" or "left or right".
	combination struct {
		or          bool
		left, right expr
	}
	// negation is "not of".
	negation struct{ of expr }

	// primitive is a value with its qualifiers: "tcp src port 80".
	primitive struct {
		qualifier
		value value
	}
	// presence is a protocol alone: "tcp".
	presence struct {
		protocol protocol
		at       token
	}
	// special is a condition with a word of its own: "vlan 5", "less 100",
	// "ip multicast".
	special struct {
		word      string
		protocol  protocol // before broadcast and multicast
		number    uint32
		hasNumber bool
		at        token
	}
	// relation compares two numbers: "ip[0] & 0xf != 5".
	relation struct {
		operator    string
		left, right number
		at          token
	}
)

func (*combination) isExpr() {}
func (*negation) isExpr()    {}
func (*primitive) isExpr()   {}
func (*presence) isExpr()    {}
func (*special) isExpr()     {}
func (*relation) isExpr()    {}

// qualifier says what a value is: the address, port, ... of whom.
type qualifier struct {
	protocol  protocol
	direction direction
	kind      valueKind
}

type direction int

const (
	either direction = iota // source or destination
	source
	destination
	both
)

type valueKind int

const (
	noKind valueKind = iota // nothing qualifies a value here
	anyKind
	hostKind
	netKind
	portKind
	portRangeKind
	protoKind
)

var valueKinds = map[string]valueKind{
	"host": hostKind, "net": netKind, "port": portKind, "portrange": portRangeKind, "proto": protoKind,
}

// value is what a primitive looks for, with the mask that follows it.
type value struct {
	token
	hasMask  bool
	maskBits uint32 // "/24"; 32 bits of "mask 255.255.255.0" are in mask
	mask     *token
}

// number is an arithmetic expression over a packet, in 32 bits without sign.
type number interface{ isNumber() }

type (
	constant uint32
	length   struct{}
	// access is "tcp[12:2]".
	access struct {
		protocol protocol
		index    number
		size     uint32
		at       token
	}
	// operation is "left + right".
	operation struct {
		operator    string
		left, right number
		at          token
	}
	// minus is "-of".
	minus struct{ of number }
)

func (constant) isNumber()   {}
func (length) isNumber()     {}
func (*access) isNumber()    {}
func (*operation) isNumber() {}
func (*minus) isNumber()     {}
