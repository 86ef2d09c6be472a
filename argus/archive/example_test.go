package archive_test

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/seed-6ae541b3/goargus/argus/archive"
	"github.com/seed-6ae541b3/goargus/record"
)

func Example() {
	dir, _ := os.MkdirTemp("", "archive")
	defer os.RemoveAll(dir)
	w, err := archive.New(archive.Config{Name: filepath.Join(dir, "flows."), Count: 2})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		if err := w.Write(record.New(record.FlowRecord, record.Version5, record.Status)); err != nil {
			fmt.Println(err)
		}
	}
	if err := w.Close(); err != nil {
		fmt.Println(err)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, name := range names {
		fmt.Println(filepath.Base(name))
	}
	// Output:
	// flows.aa
	// flows.ab
}
