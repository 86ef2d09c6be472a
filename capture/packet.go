package capture

// Packet is one captured frame.
//
// Data is owned by whoever produced the packet: it stays valid until the next
// read from that Source, and may be shorter than the frame was on the wire
// when the capture had a snapshot length. Length is the length on the wire and
// is what counters use; a Length below len(Data) is a lie of the capture that
// readers of this package correct to len(Data).
type Packet struct {
	Data      []byte   // captured bytes, valid until the next read
	Time      int64    // nanoseconds since 1970-01-01 00:00 UTC; may be negative
	Length    int      // bytes on the wire
	Link      LinkType // how Data begins
	Interface uint16   // index into Source.Interfaces
}
