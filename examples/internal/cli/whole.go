package cli

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/seed-6ae541b3/goargus/record"
)

// PutWhole is Put for results that mean something only as a whole. A file that
// is new is written under another name beside it, and renamed when it is
// complete; one that is appended to is cut back to what it was if not all can be
// written. The error says what became of each file.
func (c *Client) PutWhole(s record.Stream, offset func(*record.Record) int64) error {
	var files []*wholeFile
	for i := range c.Outputs {
		w, err := newWholeFile(c.Outputs[i].File)
		if err != nil {
			return err
		}
		if w != nil {
			c.Outputs[i].File = w.temp
			files = append(files, w)
		}
	}
	err := c.Put(s, offset)
	for _, w := range files {
		if err == nil {
			err = w.commit()
		} else {
			err = fmt.Errorf("%w\n%s", err, w.undo())
		}
	}
	if errors.Is(err, context.Canceled) && len(files) > 0 {
		c.warn("interrupted: %v", err)
	}
	return err
}

// wholeFile is a file that is written as a whole or not at all.
type wholeFile struct {
	name, temp string
	size       int64 // of what was there before; temp is name then
}

// newWholeFile prepares a file; it returns nil for what is no regular file.
func newWholeFile(name string) (*wholeFile, error) {
	if name == "-" {
		return nil, nil
	}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return &wholeFile{name: name, temp: fmt.Sprintf("%s.tmp%d", name, os.Getpid())}, nil
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, nil
	}
	return &wholeFile{name: name, temp: name, size: info.Size()}, nil
}

func (w *wholeFile) commit() error {
	if w.temp == w.name {
		return nil
	}
	err := os.Rename(w.temp, w.name)
	if errors.Is(err, os.ErrNotExist) {
		return nil // no records, no file
	}
	return err
}

// undo makes the file what it was and tells of it.
func (w *wholeFile) undo() string {
	if w.temp != w.name {
		if err := os.Remove(w.temp); err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Sprintf("%s is not written, and %v", w.name, err)
		}
		return w.name + " is not written"
	}
	if err := os.Truncate(w.name, w.size); err != nil {
		return fmt.Sprintf("%s ends with incomplete results: %v", w.name, err)
	}
	return w.name + " is as it was: nothing is appended"
}
