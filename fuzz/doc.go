// Package fuzz makes records and broken input for the tests of this module and
// of others: [Record] and [Stream] generate valid records of both versions with
// any of their DSRs, [Mutate] damages bytes as disks, networks and attackers do.
//
//	rapid.Check(t, func(t *rapid.T) {
//		rec := fuzz.Record().Draw(t, "record")
//		...
//	})
//
// The fuzz targets of the module are the tests of this package.
package fuzz
