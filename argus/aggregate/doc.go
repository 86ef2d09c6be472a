// Package aggregate merges the records of a key into one: flows by host, by
// network, by service, by pair of hosts. It is what racluster does.
//
//	by, err := aggregate.New("saddr/24,dport", aggregate.Config{})
//	for rec, err := range argus.Pipe(src.Records(), by.Stage()) { ... }
//
// What merging does to each part of a record is said at [record.Merge]. A key
// may be of any attributes of the registry, see [Key].
//
// Groups take some 200 to 400 bytes each, in memory without pointers. Above
// [Config.MemoryLimit] they are spilled to a temporary file and merged at the
// end; the result is the same, in the same order, with any limit and any number
// of workers.
package aggregate
