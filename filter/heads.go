package filter

// operandKind says what a head takes as its operand.
type operandKind uint8

const (
	takesInteger operandKind = iota
	takesFloat
	takesPort
	takesHost
	takesNet
	takesProtocol
	takesCodePoint // dsb
	takesCountry
	takesASN
	takesClass
	takesSourceID
	takesUUID
	takesNode
	takesInterface
	takesInode
	takesGateway
	takesNothing // words of old without a meaning
)

// headInfo is what the checker knows of a head.
type headInfo struct {
	operand operandKind
	sided   bool // src and dst make a difference
	scale   scale
	jointly bool // without a direction both sides are meant, not either
}

var heads = map[string]headInfo{
	"host":    {operand: takesHost, sided: true},
	"net":     {operand: takesNet, sided: true},
	"class":   {operand: takesClass, sided: true},
	"srcid":   {operand: takesSourceID},
	"sid":     {operand: takesUUID},
	"node":    {operand: takesNode},
	"inf":     {operand: takesInterface},
	"inode":   {operand: takesInode},
	"gateway": {operand: takesGateway},
	"proto":   {operand: takesProtocol},
	"port":    {operand: takesPort, sided: true},

	"ipid":    {sided: true},
	"ttl":     {sided: true},
	"tos":     {sided: true},
	"dsb":     {operand: takesCodePoint, sided: true},
	"co":      {operand: takesCountry, sided: true},
	"asn":     {operand: takesASN, sided: true},
	"vid":     {sided: true},
	"vpri":    {sided: true},
	"mid":     {sided: true},
	"loc":     {sided: true},
	"masklen": {sided: true},
	"spi":     {},

	"pkts":     {sided: true, scale: counts},
	"bytes":    {sided: true, scale: counts},
	"appbytes": {sided: true, scale: counts},
	"loss":     {sided: true, scale: counts},
	"gap":      {sided: true, scale: counts},
	"nstroke":  {sided: true, scale: counts},
	"maxseg":   {sided: true, scale: counts},
	"base":     {sided: true, scale: counts},
	"trans":    {scale: counts},
	"seq":      {scale: counts},
	"cor":      {},
	"deldur":   {scale: milliseconds},
	"delstime": {scale: milliseconds},
	"delltime": {scale: milliseconds},
	"tcprtt":   {operand: takesNothing},

	"dur":         {operand: takesFloat, scale: seconds},
	"avgdur":      {operand: takesFloat, scale: seconds},
	"intflow":     {operand: takesFloat, scale: seconds},
	"intflowsdev": {operand: takesFloat, scale: seconds},
	"intpkt":      {operand: takesFloat, sided: true, scale: milliseconds, jointly: true},
	"intpktact":   {operand: takesFloat, sided: true, scale: milliseconds, jointly: true},
	"intpktidle":  {operand: takesFloat, sided: true, scale: milliseconds, jointly: true},
	"jitter":      {operand: takesFloat, sided: true, scale: milliseconds, jointly: true},
	"jitact":      {operand: takesFloat, sided: true, scale: milliseconds, jointly: true},
	"jitidle":     {operand: takesFloat, sided: true, scale: milliseconds, jointly: true},
	"rate":        {operand: takesFloat, sided: true, scale: counts},
	"load":        {operand: takesFloat, sided: true, scale: counts},
	"ploss":       {operand: takesFloat, sided: true},
	"pcr":         {operand: takesFloat},
	"lat":         {operand: takesFloat, sided: true},
	"lon":         {operand: takesFloat, sided: true},
}

// protocolsBefore lists the protocols that may stand before heads that give
// them a meaning of their own; before all others a protocol is one more condition.
var protocolsBefore = map[string][]string{
	"port":    {"tcp", "udp", "rtp", "rtcp", "udt"},
	"host":    {"ip", "ipv4", "ipv6", "icmp", "arp", "rarp", "gre", "geneve", "ether"},
	"net":     {"ip", "ipv4", "ipv6", "icmp", "arp", "rarp", "gre", "geneve", "ether"},
	"proto":   {"ip", "ipv4", "ipv6", "arp", "ether"},
	"class":   {"ether"},
	"gateway": {"ip", "ether"},
}

// codePoints are the names of differentiated services code points; the first
// that begins with what was written is meant.
type codePoint struct {
	name  string
	value uint64
}

var codePoints = []codePoint{
	{"cs0", 0}, {"cs1", 8}, {"cs2", 16}, {"cs3", 24}, {"cs4", 32}, {"cs5", 40}, {"cs6", 48}, {"cs7", 56},
	{"af11", 10}, {"af12", 12}, {"af13", 14}, {"af21", 18}, {"af22", 20}, {"af23", 22},
	{"af31", 26}, {"af32", 28}, {"af33", 30}, {"af41", 34}, {"af42", 36}, {"af43", 38}, {"ef", 46},
}

var disaCodePoints = []codePoint{
	{"us", 40}, {"voice", 46}, {"nc", 48}, {"oam", 16}, {"video", 38}, {"smms", 26}, {"sm", 32},
	{"hpmms", 25}, {"hphtd", 9}, {"hplld", 17}, {"shtd", 10}, {"shlld", 18}, {"be", 0},
}

// macClass is a class of Ethernet addresses: the first byte under a mask.
type macClass struct {
	name        string
	mask, value uint8
}

var macClasses = []macClass{
	{"uni", 0x01, 0x00}, {"multi", 0x01, 0x01}, {"uaa", 0x02, 0x00}, {"laa", 0x02, 0x02}, {"lm", 0x07, 0x03},
	{"eli", 0x0F, 0x0A}, {"sai", 0x0F, 0x0E}, {"aai", 0x0F, 0x02}, {"res", 0x0F, 0x06},
}
