package record

import "fmt"

// OffsetError is malformed input: where it is and what should have stood there.
type OffsetError struct {
	Name   string // file or peer, if known
	Offset int64  // in bytes, from the start of the (decompressed) stream
	Record int64  // number of the record, the first is 0; -1 outside a record
	Expect string // what was expected, and what was found
	Err    error  // the cause, such as io.ErrUnexpectedEOF; may be nil
}

func (e *OffsetError) Error() string {
	s := fmt.Sprintf("offset %d", e.Offset)
	if e.Record >= 0 {
		s += fmt.Sprintf(", record %d", e.Record)
	}
	if e.Name != "" {
		s = e.Name + ": " + s
	}
	s += ": " + e.Expect
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

func (e *OffsetError) Unwrap() error { return e.Err }

// malformed is an OffsetError inside one record, whose stream offset the codec
// adds.
func malformed(offset int, format string, args ...any) *OffsetError {
	return &OffsetError{Offset: int64(offset), Expect: fmt.Sprintf(format, args...)}
}
