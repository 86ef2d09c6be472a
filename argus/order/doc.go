// Package order sorts records by any attributes, in memory or, beyond a limit,
// through a temporary file. It is what rasort does.
//
//	top := argus.Pipe(src.Records(), order.MustBy("-sbytes").Stage(), argus.Head(10))
//
// The sort is stable: records that are equal in all keys stay in the order in
// which they came. A record without a value comes after those with one, in
// either direction. Management and event records are sorted like all others.
//
// Runs of records are sorted on all cores while more are read, and merged. A
// sort by one number is a radix sort. Beside the bytes of the records it needs
// at most 64 bytes for each.
package order
