// Package tally counts records: by kind, by protocol, by kinds of address, in
// histograms, and the largest of many. It is what racount and rahisto do.
//
//	var c tally.Counter
//	for rec, err := range src.Records() { c.Add(rec) }
//	fmt.Println(c.Total().Records, c.Total().Packets())
package tally
