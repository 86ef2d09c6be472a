// Package archive divides a stream of records over files, by time, number of
// records, size, or the records themselves, and reads a stretch of time from
// files without reading them whole. It is what rasplit and rastream do.
//
//	w, err := archive.New(archive.Config{Name: "flows/%Y/%m/%d/argus.%H.%M.%S", Every: archive.MustPeriod("5m")})
//	for rec, err := range src.Records() { err = w.Write(rec) }
//	err = w.Close()
//
// Records that reach over the border between two files are cut there
// ([record.Splitter]), so that sums over files are sums over records.
package archive
