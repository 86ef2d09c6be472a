package capture_test

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// The tables that say where protocols and metrics are made name files that
// there are.
func TestDocumentedFiles(t *testing.T) {
	name := regexp.MustCompile("`(?:capture/|internal/packet/)?([a-z0-9_]+\\.go)`")
	for doc, part := range map[string]string{
		"../ARCHITECTURE.md": `(?s)## Where protocols and metrics live.*?\n## `,
		"../docs/sensor.md":  `(?s)## The way of a packet.*## What is promised`,
	} {
		text, err := os.ReadFile(doc)
		if err != nil {
			t.Fatal(err)
		}
		text = regexp.MustCompile(part).Find(text)
		named := name.FindAllSubmatch(text, -1)
		if len(named) < 20 {
			t.Errorf("%s: %d files named, expected a table of them", doc, len(named))
		}
		for _, m := range named {
			file := string(m[1])
			_, here := os.Stat(file)
			_, walk := os.Stat(filepath.Join("..", "internal", "packet", file))
			if here != nil && walk != nil {
				t.Errorf("%s: there is no %s", doc, file)
			}
		}
	}
}
