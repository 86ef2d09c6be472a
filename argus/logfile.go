package argus

import (
	"encoding/binary"
	"errors"
	"io"
	"io/fs"
	"os"
)

// logFile is a file that records are appended to. If its name has come to mean
// another file or none, it is opened again.
type logFile struct {
	*os.File
	name    string
	info    fs.FileInfo
	size    int64 // where the next record goes
	regular bool
	made    bool   // the file was not there before
	head    []byte // START record of a file that takes the place of one that went
}

func openLog(name string) (*logFile, error) {
	l := &logFile{name: name}
	return l, l.open()
}

func (l *logFile) open() error {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_APPEND
	f, err := os.OpenFile(l.name, flags|os.O_EXCL, 0o666)
	l.made = err == nil
	if errors.Is(err, fs.ErrExist) {
		f, err = os.OpenFile(l.name, flags, 0o666)
	}
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return err
	}
	l.File, l.info, l.size, l.regular = f, info, info.Size(), info.Mode().IsRegular()
	if !l.regular {
		l.size = 0
	}
	return nil
}

// Close closes the file. One that was made for records and got none is taken
// away again: empty files are no streams.
func (l *logFile) Close() error {
	info, err := l.File.Stat()
	empty := l.made && l.regular && err == nil && info.Size() == 0 && !l.moved()
	err = l.File.Close()
	if empty && err == nil {
		err = os.Remove(l.name)
	}
	return err
}

// moved reports whether the name no longer means the open file.
func (l *logFile) moved() bool {
	if !l.regular {
		return false
	}
	now, err := os.Stat(l.name)
	if err != nil {
		return os.IsNotExist(err)
	}
	return !os.SameFile(now, l.info)
}

// Write appends whole records. If only some of b fits, what there is of the
// last record is taken back, so that the file ends with a whole one.
func (l *logFile) Write(b []byte) (int, error) {
	if l.moved() {
		if err := l.reopen(); err != nil {
			return 0, err
		}
	}
	return l.append(b)
}

// reopen opens the file that the name means now. An empty one is begun.
func (l *logFile) reopen() error {
	if err := l.File.Close(); err != nil {
		return err
	}
	if err := l.open(); err != nil {
		return err
	}
	if l.size > 0 || !l.regular {
		return nil
	}
	_, err := l.append(l.head)
	return err
}

func (l *logFile) append(b []byte) (int, error) {
	n, err := l.File.Write(b)
	if err != nil && l.regular {
		n = l.takeBack(b[:n])
	}
	l.size += int64(n)
	if err == nil && n < len(b) {
		err = io.ErrShortWrite
	}
	return n, err
}

// takeBack removes what was written last of a record that is cut, unless
// somebody else has appended since, and returns what is left of b.
func (l *logFile) takeBack(b []byte) int {
	whole := wholeRecords(b)
	at, err := l.File.Seek(0, io.SeekCurrent)
	if err != nil || whole == len(b) {
		return len(b)
	}
	info, err := l.File.Stat()
	if err != nil || info.Size() != at || l.File.Truncate(at-int64(len(b)-whole)) != nil {
		return len(b)
	}
	return whole
}

// wholeRecords is how many bytes of b are records that are not cut.
func wholeRecords(b []byte) int {
	at := 0
	for at+4 <= len(b) {
		n := int(binary.BigEndian.Uint16(b[at+2:])) * 4
		if n == 0 || at+n > len(b) {
			break
		}
		at += n
	}
	return at
}
