package argus

import "github.com/seed-6ae541b3/goargus/record"

// Pipe passes the records of src through stages, in order.
func Pipe(src record.Stream, stages ...record.Stage) record.Stream {
	for _, s := range stages {
		src = s(src)
	}
	return src
}

// Head is a stage that ends the stream after n flow records. Management records
// pass and do not count.
func Head(n int) record.Stage {
	return func(src record.Stream) record.Stream {
		return func(yield func(*record.Record, error) bool) {
			if n <= 0 {
				return
			}
			left := n
			for rec, err := range src {
				if !yield(rec, err) {
					return
				}
				if err == nil && rec.Kind() != record.Management {
					if left--; left == 0 {
						return
					}
				}
			}
		}
	}
}

// Copy writes all records of src to dst and returns how many dst took. It
// stops at the first error of either. It does not close dst, but what was
// copied is written when it returns.
func Copy(dst *Sink, src interface{ Records() record.Stream }) (int64, error) {
	before := dst.Written()
	for rec, err := range src.Records() {
		if err == nil {
			err = dst.Write(rec)
		}
		if err != nil {
			_ = dst.Flush() // err came first
			return dst.Written() - before, err
		}
	}
	return dst.Written() - before, dst.Flush()
}
