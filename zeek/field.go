package zeek

// Field names a column of a conn log that has a meaning in a record. What else
// a log holds is kept as an [Extra].
type Field uint8

// The fields, in the order in which Zeek writes them.
const (
	Time Field = iota
	UID
	OrigHost
	OrigPort
	RespHost
	RespPort
	Proto
	Service
	Duration
	OrigBytes
	RespBytes
	State
	LocalOrig
	LocalResp
	MissedBytes
	History
	OrigPackets
	OrigIPBytes
	RespPackets
	RespIPBytes
	IPProto
	VLAN
	OrigMAC
	RespMAC
	OrigCountry
	RespCountry

	numFields = iota
)

// fieldTable is the one place that knows the names and types of the fields.
var fieldTable = [numFields]struct {
	name  string
	typ   string
	alias string // of logs whose scope separator is an underscore
}{
	Time:        {name: "ts", typ: "time"},
	UID:         {name: "uid", typ: "string"},
	OrigHost:    {name: "id.orig_h", typ: "addr", alias: "id_orig_h"},
	OrigPort:    {name: "id.orig_p", typ: "port", alias: "id_orig_p"},
	RespHost:    {name: "id.resp_h", typ: "addr", alias: "id_resp_h"},
	RespPort:    {name: "id.resp_p", typ: "port", alias: "id_resp_p"},
	Proto:       {name: "proto", typ: "enum"},
	Service:     {name: "service", typ: "string"},
	Duration:    {name: "duration", typ: "interval"},
	OrigBytes:   {name: "orig_bytes", typ: "count"},
	RespBytes:   {name: "resp_bytes", typ: "count"},
	State:       {name: "conn_state", typ: "string"},
	LocalOrig:   {name: "local_orig", typ: "bool"},
	LocalResp:   {name: "local_resp", typ: "bool"},
	MissedBytes: {name: "missed_bytes", typ: "count"},
	History:     {name: "history", typ: "string"},
	OrigPackets: {name: "orig_pkts", typ: "count"},
	OrigIPBytes: {name: "orig_ip_bytes", typ: "count"},
	RespPackets: {name: "resp_pkts", typ: "count"},
	RespIPBytes: {name: "resp_ip_bytes", typ: "count"},
	IPProto:     {name: "ip_proto", typ: "count"},
	VLAN:        {name: "vlan", typ: "int"},
	OrigMAC:     {name: "orig_l2_addr", typ: "string"},
	RespMAC:     {name: "resp_l2_addr", typ: "string"},
	OrigCountry: {name: "orig_cc", typ: "string"},
	RespCountry: {name: "resp_cc", typ: "string"},
}

// fieldsByName finds fields by their names, not by aliases.
var fieldsByName = func() map[string]Field {
	m := make(map[string]Field, numFields)
	for f, info := range fieldTable {
		m[info.name] = Field(f)
	}
	return m
}()

// fieldsByAlias finds fields by name or alias.
var fieldsByAlias = func() map[string]Field {
	m := make(map[string]Field, 2*numFields)
	for f, info := range fieldTable {
		m[info.name] = Field(f)
		if info.alias != "" {
			m[info.alias] = Field(f)
		}
	}
	return m
}()

// String is the name of the column.
func (f Field) String() string {
	if f < numFields {
		return fieldTable[f].name
	}
	return "unknown"
}

// Type is the type of the column as a header tells it.
func (f Field) Type() string {
	if f < numFields {
		return fieldTable[f].typ
	}
	return "string"
}

// extraTypes are the types of columns without a meaning in a record that Zeek
// itself writes.
var extraTypes = map[string]string{
	"tunnel_parents":      "set[string]",
	"inner_vlan":          "int",
	"community_id":        "string",
	"failed_service":      "set[string]",
	"speculative_service": "set[string]",
	"pppoe_session_id":    "count",
	"ip_proto_name":       "string",
}
