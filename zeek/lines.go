package zeek

import (
	"bytes"
	"errors"
	"io"
)

const (
	lineBuffer = 256 << 10
	// maxLine is the longest line that is read.
	maxLine = 16 << 20
)

var errLongLine = errors.New("expected a line of at most 16 MiB")

// lines cuts input into lines without copying them.
type lines struct {
	r          io.Reader
	buf        []byte
	start, end int // what is read and not yet given
	n          int64
	eof        error // io.EOF or what went wrong, once there is no more input
}

// next returns a line without its end, valid until the next call. At the end of
// input the error is io.EOF or that of the input; errLongLine is of one line,
// which is passed over.
func (l *lines) next() ([]byte, error) {
	searched := 0
	for {
		if i := bytes.IndexByte(l.buf[l.start+searched:l.end], '\n'); i >= 0 {
			line := l.buf[l.start : l.start+searched+i]
			l.start += searched + i + 1
			l.n++
			return bytes.TrimSuffix(line, []byte{'\r'}), nil
		}
		searched = l.end - l.start
		if searched > maxLine {
			return nil, l.passOver()
		}
		if l.eof != nil {
			if searched == 0 {
				return nil, l.eof
			}
			line := l.buf[l.start:l.end]
			l.start = l.end
			l.n++
			return bytes.TrimSuffix(line, []byte{'\r'}), nil
		}
		l.fill()
	}
}

// fill reads more behind what is left.
func (l *lines) fill() {
	if l.start > 0 {
		copy(l.buf, l.buf[l.start:l.end])
		l.end -= l.start
		l.start = 0
	}
	if l.end == len(l.buf) {
		grown := make([]byte, max(2*len(l.buf), lineBuffer))
		copy(grown, l.buf[:l.end])
		l.buf = grown
	}
	for range 100 { // a reader that gives nothing for long is broken
		n, err := l.r.Read(l.buf[l.end:])
		l.end += n
		if err != nil {
			l.eof = err
			return
		}
		if n > 0 {
			return
		}
	}
	l.eof = io.ErrNoProgress
}

// passOver drops the rest of a line that is too long.
func (l *lines) passOver() error {
	l.n++
	for {
		l.start, l.end = 0, 0
		if l.eof == nil {
			l.fill()
		}
		if i := bytes.IndexByte(l.buf[:l.end], '\n'); i >= 0 {
			l.start = i + 1
			return errLongLine
		}
		if l.eof != nil {
			l.start, l.end = 0, 0
			return errLongLine
		}
	}
}
