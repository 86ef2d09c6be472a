// Package flowimport makes records of the flows that other systems export:
// NetFlow version 1, 5, 6, 7 and 9, IPFIX, and sFlow version 5.
//
//	src, err := flowimport.Listen(ctx, ":9995", flowimport.Config{})
//	defer src.Close()
//	for rec, err := range src.Records() { ... }
//
// [Listen] takes datagrams from the network, [Open] from a capture or a file of
// datagrams, and a [Decoder] from wherever its caller has them. What a datagram
// is its first bytes tell, so that one port serves all exporters.
//
// A flow becomes a record of kind [record.NetFlow], cause [record.Status], with
// the exporter as source id; docs/imports.md says which information element goes
// where. Counters of sampled flows are multiplied by the rate, and the record
// gets the label "sampling=N".
//
// Datagrams are hostile until read: what is malformed is counted and passed over
// ([Stats]), what exporters make the decoder remember is bounded ([Config]).
package flowimport
