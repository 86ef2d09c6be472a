package packetfilter

// protocol is a protocol qualifier.
type protocol int

const (
	anyProtocol protocol = iota
	link
	ip
	ip6
	arp
	rarp
	tcp
	udp
	sctp
	icmp
	icmp6
	igmp
	igrp
	pim
	vrrp
	carp
	ah
	esp
	atalk
	aarp
	decnet
	lat
	sca
	moprc
	mopdl
	iso
	clnp
	esis
	isis
	stp
	ipx
	netbeui
)

// layer says what a protocol rides on and therefore how it is recognised.
type layer int

const (
	noLayer    layer = iota
	overLink         // by its EtherType or LLC SAP
	overIP           // by the protocol number of IPv4 and IPv6
	overIP4          // by the protocol number of IPv4
	overIP6          // by the next header of IPv6
	overISO          // by the ISO network layer protocol identifier
	theLink          // is the link layer
	anyNetwork       // stands for no protocol in particular
)

// protocols has one row for each protocol: its number on the layer below.
var protocols = [...]struct {
	name   string
	layer  layer
	number uint32
}{
	anyProtocol: {"", anyNetwork, 0},
	link:        {"ether", theLink, 0},
	ip:          {"ip", overLink, 0x0800},
	ip6:         {"ip6", overLink, 0x86dd},
	arp:         {"arp", overLink, 0x0806},
	rarp:        {"rarp", overLink, 0x8035},
	tcp:         {"tcp", overIP, 6},
	udp:         {"udp", overIP, 17},
	sctp:        {"sctp", overIP, 132},
	icmp:        {"icmp", overIP4, 1},
	icmp6:       {"icmp6", overIP6, 58},
	igmp:        {"igmp", overIP4, 2},
	igrp:        {"igrp", overIP4, 9},
	pim:         {"pim", overIP, 103},
	vrrp:        {"vrrp", overIP4, 112},
	carp:        {"carp", overIP4, 112},
	ah:          {"ah", overIP, 51},
	esp:         {"esp", overIP, 50},
	atalk:       {"atalk", overLink, etherTypeATalk},
	aarp:        {"aarp", overLink, etherTypeAARP},
	decnet:      {"decnet", overLink, 0x6003},
	lat:         {"lat", overLink, 0x6004},
	sca:         {"sca", overLink, 0x6007},
	moprc:       {"moprc", overLink, 0x6002},
	mopdl:       {"mopdl", overLink, 0x6001},
	iso:         {"iso", overLink, sapISO},
	clnp:        {"clnp", overISO, 0x81},
	esis:        {"esis", overISO, 0x82},
	isis:        {"isis", overISO, 0x83},
	stp:         {"stp", overLink, sapSTP},
	ipx:         {"ipx", overLink, sapIPX},
	netbeui:     {"netbeui", overLink, sapNetBEUI},
}

func (p protocol) String() string { return protocols[p].name }

// protocolWords maps words of the language to protocols.
var protocolWords = func() map[string]protocol {
	words := map[string]protocol{
		"link": link, "ppp": link, "slip": link, "fddi": link, "tr": link, "wlan": link, // all mean "this link"
		"es-is": esis, "is-is": isis,
	}
	for p, row := range protocols {
		if row.name != "" {
			words[row.name] = protocol(p)
		}
	}
	return words
}()

// numberWords are names that stand for numbers: offsets in headers and values
// found there.
var numberWords = map[string]uint32{
	"tcpflags": 13,
	"tcp-fin":  0x01, "tcp-syn": 0x02, "tcp-rst": 0x04, "tcp-push": 0x08,
	"tcp-ack": 0x10, "tcp-urg": 0x20, "tcp-ece": 0x40, "tcp-cwr": 0x80,

	"icmptype": 0, "icmpcode": 1,
	"icmp-echoreply": 0, "icmp-unreach": 3, "icmp-sourcequench": 4, "icmp-redirect": 5, "icmp-echo": 8,
	"icmp-routeradvert": 9, "icmp-routersolicit": 10, "icmp-timxceed": 11, "icmp-paramprob": 12,
	"icmp-tstamp": 13, "icmp-tstampreply": 14, "icmp-ireq": 15, "icmp-ireqreply": 16,
	"icmp-maskreq": 17, "icmp-maskreply": 18,

	"icmp6type": 0, "icmp6code": 1,
	"icmp6-destinationunreach": 1, "icmp6-packettoobig": 2, "icmp6-timeexceeded": 3, "icmp6-parameterproblem": 4,
	"icmp6-echo": 128, "icmp6-echoreply": 129, "icmp6-multicastlistenerquery": 130,
	"icmp6-multicastlistenerreportv1": 131, "icmp6-multicastlistenerdone": 132, "icmp6-routersolicit": 133,
	"icmp6-routeradvert": 134, "icmp6-neighborsolicit": 135, "icmp6-neighboradvert": 136, "icmp6-redirect": 137,
	"icmp6-routerrenum": 138, "icmp6-nodeinformationquery": 139, "icmp6-nodeinformationresponse": 140,
	"icmp6-ineighbordiscoverysolicit": 141, "icmp6-ineighbordiscoveryadvert": 142,
	"icmp6-multicastlistenerreportv2": 143, "icmp6-homeagentdiscoveryrequest": 144,
	"icmp6-homeagentdiscoveryreply": 145, "icmp6-mobileprefixsolicit": 146, "icmp6-mobileprefixadvert": 147,
	"icmp6-certpathsolicit": 148, "icmp6-certpathadvert": 149, "icmp6-multicastrouteradvert": 151,
	"icmp6-multicastroutersolicit": 152, "icmp6-multicastrouterterm": 153,
}

// etherProtocols are the names that "ether proto" takes.
var etherProtocols = map[string]uint32{
	"ip": 0x0800, "ip6": 0x86dd, "arp": 0x0806, "rarp": 0x8035, "mopdl": 0x6001, "moprc": 0x6002,
	"decnet": 0x6003, "lat": 0x6004, "sca": 0x6007, "loopback": 0x9000, "atalk": etherTypeATalk,
	"aarp": etherTypeAARP, "iso": sapISO, "stp": sapSTP, "ipx": sapIPX, "netbeui": sapNetBEUI,
}

// isoProtocols are the names that "iso proto" takes.
var isoProtocols = map[string]uint32{"clnp": 0x81, "esis": 0x82, "isis": 0x83}

// ipProtocols are the names that "ip proto", "ip6 proto" and "proto" take.
var ipProtocols = map[string]uint32{
	"icmp": 1, "igmp": 2, "ggp": 3, "ipencap": 4, "tcp": 6, "egp": 8, "igp": 9, "pup": 12, "udp": 17,
	"hmp": 20, "xns-idp": 22, "rdp": 27, "iso-tp4": 29, "dccp": 33, "xtp": 36, "ddp": 37, "idpr-cmtp": 38,
	"ipv6": 41, "ipv6-route": 43, "ipv6-frag": 44, "idrp": 45, "rsvp": 46, "gre": 47, "esp": 50, "ah": 51,
	"skip": 57, "ipv6-icmp": 58, "ipv6-nonxt": 59, "ipv6-opts": 60, "rspf": 73, "vmtp": 81, "eigrp": 88,
	"ospf": 89, "ax.25": 93, "ipip": 94, "etherip": 97, "encap": 98, "pim": 103, "ipcomp": 108, "vrrp": 112,
	"l2tp": 115, "isis": 124, "sctp": 132, "fc": 133, "mobility-header": 135, "udplite": 136,
	"mpls-in-ip": 137, "manet": 138, "hip": 139, "shim6": 140, "wesp": 141, "rohc": 142, "ethernet": 143,
}

// refusedWords are words that libpcap knows and this package does not offer.
var refusedWords = map[string]bool{
	"protochain": true, "gateway": true, "geneve": true, "byte": true, "ifindex": true, "radio": true, "llc": true,
	"type": true, "subtype": true, "direction": true, "dir": true, "address1": true, "addr1": true,
	"address2": true, "addr2": true, "address3": true, "addr3": true, "address4": true, "addr4": true,
	"ra": true, "ta": true, "l1": true, "l2": true, "iih": true, "lsp": true, "snp": true, "csnp": true,
	"psnp": true, "lane": true, "metac": true, "bcc": true, "oam": true, "oamf4": true, "oamf4ec": true,
	"oamf4sc": true, "sc": true, "ilmic": true, "vpi": true, "vci": true, "connectmsg": true, "metaconnect": true,
	"ifname": true, "rnr": true, "rulenum": true, "srnr": true, "subrulenum": true, "reason": true, "rset": true,
	"ruleset": true, "action": true, "on": true, "fisu": true, "lssu": true, "msu": true, "hfisu": true,
	"hlssu": true, "hmsu": true, "sio": true, "opc": true, "dpc": true, "sls": true,
}
