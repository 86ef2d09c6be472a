// Package codec3 reads and writes version 3 of the record format, that of Argus
// 3.0: microseconds, source ids of four bytes, TCP state without MSS.
//
// [Decode] and [Append] are for single records in memory, [Decoder] and
// [Encoder] for streams. Append converts a record of version 5; [Losses] says
// what it leaves out.
package codec3
