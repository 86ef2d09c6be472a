package argus

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

// TestNothingWritten: a file that was made for records and got none goes away.
func TestNothingWritten(t *testing.T) {
	dir := t.TempDir()
	finish := func(name string, before []byte, write func(*Sink)) (int64, bool) {
		path := filepath.Join(dir, name)
		if before != nil {
			if err := os.WriteFile(path, before, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		s, err := Create(path)
		if err != nil {
			t.Fatal(err)
		}
		write(s)
		if err := s.Close(); err != nil {
			t.Error(name, err)
		}
		info, err := os.Stat(path)
		if errors.Is(err, os.ErrNotExist) {
			return 0, false
		} else if err != nil {
			t.Fatal(err)
		}
		return info.Size(), true
	}
	nothing := func(*Sink) {}
	start := func(s *Sink) {
		if err := s.Write(record.NewManagement(record.Version5, record.Start, record.ManagementInfo{})); err != nil {
			t.Error(err)
		}
	}
	for name, c := range map[string]struct {
		before []byte
		write  func(*Sink)
		size   int64
		there  bool
	}{
		"new":       {nil, nothing, 0, false},
		"empty":     {[]byte{}, nothing, 0, true},
		"full":      {make([]byte, 256), nothing, 256, true},
		"START":     {nil, start, record.ManagementSize, true},
		"elsewhere": {nil, func(*Sink) { os.Remove(filepath.Join(dir, "elsewhere")) }, 0, false},
		"another's": {nil, func(*Sink) { _ = os.WriteFile(filepath.Join(dir, "another's"), []byte("text"), 0o600) }, 4, true},
	} {
		if size, there := finish(name, c.before, c.write); size != c.size || there != c.there {
			t.Errorf("%s: %d bytes, there %v, want %d, %v", name, size, there, c.size, c.there)
		}
	}
}
