// Package codec5 reads and writes version 5 of the record format, that of Argus
// 5.0: nanoseconds, source ids of up to sixteen bytes and interface names,
// tunnels, geography.
//
// [Decode] and [Append] are for single records in memory, [Decoder] and
// [Encoder] for streams. Append converts a record of version 3, without loss.
package codec5
