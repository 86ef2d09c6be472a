// Package argus is the stream layer: records come from a source, pass stages
// and end in a sink.
//
//	src, err := argus.Open(ctx, "flows.argus.gz")
//	defer src.Close()
//	for rec, err := range argus.Pipe(src.Records(), argus.Head(10)) { ... }
//
// A [Source] reads files of either version, compressed or not, and standard
// input, and asks servers; a [Sink] writes files. [Copy] joins them. Nothing is
// buffered behind the caller's back but one block of records on each side, and
// what [Merge], which reads several sources at once, says it does.
package argus
