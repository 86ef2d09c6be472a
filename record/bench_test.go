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

// BenchmarkLoad indexes such a record.
func BenchmarkLoad(b *testing.B) {
	buf := sensorRecord(nil)
	var r Record
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for range b.N {
		if err := r.Load(buf); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkResolve decodes all of it.
func BenchmarkResolve(b *testing.B) {
	buf := sensorRecord(nil)
	var r Record
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for range b.N {
		if err := r.Load(buf); err != nil {
			b.Fatal(err)
		}
		if err := r.Resolve(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRebuild decodes and encodes all of it.
func BenchmarkRebuild(b *testing.B) {
	buf := sensorRecord(nil)
	var r Record
	var out []byte
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for range b.N {
		if err := r.Load(buf); err != nil {
			b.Fatal(err)
		}
		r.Rebuild()
		var err error
		if out, err = r.AppendTo(out[:0], Version5); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkConvert encodes it in version 3.
func BenchmarkConvert(b *testing.B) {
	buf := sensorRecord(nil)
	var r Record
	var out []byte
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for range b.N {
		if err := r.Load(buf); err != nil {
			b.Fatal(err)
		}
		var err error
		if out, err = r.AppendTo(out[:0], Version3); err != nil {
			b.Fatal(err)
		}
	}
}
