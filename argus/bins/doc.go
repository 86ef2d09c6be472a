// Package bins cuts records at borders in time and merges what falls between
// two of them, by key: traffic by the second, by the hour, by the month. It is
// what rabins does. Bins by count or by size close after so many records or
// bytes.
//
//	b, err := bins.New("10s", bins.Config{Key: "saddr"})
//	for rec, err := range argus.Pipe(src.Records(), b.Stage()) { ... }
//
// Packets, bytes and application bytes of a record are shared out exactly (see
// [record.Splitter]): sums over bins are sums over records.
package bins
