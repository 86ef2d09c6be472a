// Package wire frames the byte stream that both versions of the Argus format
// share: records on a stream, data-specific records (DSRs) in a record.
// Everything is big-endian unless a field says otherwise.
package wire
