package record

import "strconv"

// Proto is an IP protocol number.
type Proto uint8

// The protocols that the model treats by name.
const (
	ProtoICMP  Proto = 1
	ProtoIGMP  Proto = 2
	ProtoTCP   Proto = 6
	ProtoUDP   Proto = 17
	ProtoGRE   Proto = 47
	ProtoESP   Proto = 50
	ProtoAH    Proto = 51
	ProtoICMP6 Proto = 58
)

// String is the lower case name of the protocols above, or the number.
func (p Proto) String() string {
	switch p {
	case ProtoICMP:
		return "icmp"
	case ProtoIGMP:
		return "igmp"
	case ProtoTCP:
		return "tcp"
	case ProtoUDP:
		return "udp"
	case ProtoGRE:
		return "gre"
	case ProtoESP:
		return "esp"
	case ProtoAH:
		return "ah"
	case ProtoICMP6:
		return "ipv6-icmp"
	}
	return strconv.Itoa(int(p))
}
