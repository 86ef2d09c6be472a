// Package zeek reads and writes the conn logs of Zeek: rows become Argus records
// and records become rows.
//
//	for rec, err := range zeek.NewReader(f).Records() { ... }
//
// [Reader] reads TSV by its header lines and JSON lines, plain or compressed,
// of any version of Zeek: columns may be missing, more, in another order, and a
// log may hold several headers. [Writer] writes both forms. [Converter] turns
// single rows into records and back.
//
// The conversion is lossless: times, addresses, ports, protocol, counters, the
// state of TCP, VLAN, Ethernet addresses and country codes become attributes,
// and what a record cannot tell stands in its label, a JSON object with the
// names of Zeek. A record that was a row gives back every field of it. Only a
// label above 1016 bytes, which is what a record can hold, loses its last
// members; see [Converter.Truncated].
//
// For records of a sensor conn_state and history are derived from the state of
// the flow (docs/zeek.md, "conn_state").
package zeek
