package record

import "testing"

// BenchmarkAppend encodes a record with every DSR that a sensor writes.
func BenchmarkAppend(b *testing.B) {
	buf := sensorRecord(nil)
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for range b.N {
		buf = sensorRecord(buf[:0])
	}
}

// loaded times work on such a record, loaded anew each time.
func loaded(b *testing.B, work func(r *Record) error) {
	buf := sensorRecord(nil)
	var r Record
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for range b.N {
		if err := r.Load(buf); err != nil {
			b.Fatal(err)
		}
		if err := work(&r); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkLoad indexes it.
func BenchmarkLoad(b *testing.B) { loaded(b, func(*Record) error { return nil }) }

// BenchmarkResolve decodes all of it.
func BenchmarkResolve(b *testing.B) { loaded(b, (*Record).Resolve) }

// BenchmarkRebuild decodes and encodes all of it.
func BenchmarkRebuild(b *testing.B) {
	var out []byte
	loaded(b, func(r *Record) (err error) {
		r.Rebuild()
		out, err = r.AppendTo(out[:0], Version5)
		return err
	})
}

// BenchmarkConvert encodes it in version 3.
func BenchmarkConvert(b *testing.B) {
	var out []byte
	loaded(b, func(r *Record) (err error) {
		out, err = r.AppendTo(out[:0], Version3)
		return err
	})
}
