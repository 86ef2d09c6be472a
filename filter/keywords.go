package filter

import "strings"

// Class is the part of speech of a keyword.
type Class uint8

// The classes of keywords.
const (
	ClassNone      Class = iota
	ClassLogic           // and, or, not
	ClassDirection       // src, dst, lcl, rmt
	ClassRelation        // eq, neq, lt, gt, lte, gte
	ClassAddress         // host, net, srcid, inf, ...
	ClassInteger         // port, ttl, pkts, ...
	ClassFloat           // dur, rate, load, ...
	ClassProto           // the word proto
	ClassGateway         // the word gateway
	ClassProtocol        // ip, tcp, ether, vlan, ...
	ClassState           // record kinds, causes and states that have no direction
	ClassFlag            // syn, retrans, frag, ...: they take a direction
	ClassOption          // TCP options
	ClassCast            // broadcast, multicast
	ClassPlace           // local, remote, inbound, outbound
	ClassMask            // the word mask
	ClassLength          // the word len
	ClassReserved        // words that no expression can use
)

// keyword is the canonical spelling and the class of a word.
type keyword struct {
	text  string
	class Class
}

// keywordGroups lists the words of each class; synonyms stand together, the
// canonical word first.
var keywordGroups = []struct {
	class Class
	words string
}{
	{ClassLogic, "and or not"},
	{ClassDirection, "src dst lcl rmt=rem"},
	{ClassRelation, "eq=equal neq=notequal lt=less gt=greater lte gte"},
	{ClassAddress, "host=addr net srcid sid node inf inode class"},
	{ClassInteger, `port ipid ttl tos dsb=dsbyte co vid vpri mid bytes=byte appbytes=data=appbyte
		pkts=pkt cor=corolated trans=count tcprtt base=tcpb loss gap maxseg spi deldur
		delstime delltime nstroke=nstrokes seq masklen=mlen asn=as loc`},
	{ClassFloat, `dur avgdur intflow intflowsdev intpkt=inter intpktact intpktidle
		jitter=jit jitact jitidle rate load ploss pcr=abr=abratio=pcratio lat lon`},
	{ClassProto, "proto"},
	{ClassGateway, "gateway"},
	{ClassProtocol, `ether=link=slip=ppp=fddi ip ipv4 ipv6 arp rarp tcp udp udt rtp rtcp icmp igmp
		mpls vlan vxlan gre geneve isis anon`},
	{ClassState, `man=mar far event index baseline match start=init status stop shut error timeout
		est=con=avail normal wait synack finack icmpmap echo unreach=unr unrnet unrhost unrproto
		unrport unrfrag unrsrcfail unrnetunk unrhostunk unriso unrnetpro unrhostpro unrnettos
		unrhosttos unrfilter unrhostpre unrnetpre redirect timexed rtr mbr lvg cocode svc`},
	{ClassFlag, `syn fin rst=reset ack push urg ece cwr ecn ooo=outoforder reuse retrans=drop winshut
		frag fragonly multipath=mpath dup hello lsp csnp psnp`},
	{ClassOption, `tcpopt mss wscale selackok selack tcpecho tcpechoreply tcptimestamp tcpcc tcpccnew
		tcpccecho secn decn`},
	{ClassCast, "broadcast multicast"},
	{ClassPlace, "local remote inbound outbound"},
	{ClassMask, "mask"},
	{ClassLength, "len=length"},
	{ClassReserved, "auth recurs req rsp"},
}

var keywords = func() map[string]keyword {
	m := make(map[string]keyword, 256)
	for _, g := range keywordGroups {
		for _, group := range strings.Fields(g.words) {
			synonyms := strings.Split(group, "=")
			for _, word := range synonyms {
				m[word] = keyword{text: synonyms[0], class: g.class}
			}
		}
	}
	return m
}()

// relationSynonyms are words that are relations only where a number follows.
var relationSynonyms = map[string]string{"ge": "gte", "le": "lte", "ne": "neq"}

// lookupKeyword finds a word whatever its case.
func lookupKeyword(word string) (k keyword, capital, ok bool) {
	if k, ok = keywords[word]; ok {
		return k, false, true
	}
	if len(word) > 16 { // longer than any keyword
		return keyword{}, false, false
	}
	k, ok = keywords[strings.ToLower(word)]
	return k, ok, ok
}
