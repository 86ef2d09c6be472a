package record_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/record"
)

var update = flag.Bool("update", false, "write docs/attributes.md")

const attributesHead = `# Attributes

Everything that can be asked of a record, by the name that it has in the option -s, in filters and
in JSON. This page is made of the registry in package record: go test ./record -run Docs -update

- *width* is that of a column of text; columns of times are wider by the digits of their fractions
- *kind*: numbers and durations are numbers in *unit* (durations in seconds), times are shown as the
  program is told to, ports are numbers or names, flags have fixed places for letters
- *side*: whom the value is about; total is both ends together
- *from*: the data-specific records that it comes from; a record without them has no such value

`

// TestDocs checks that docs/attributes.md is what the registry says.
func TestDocs(t *testing.T) {
	const page = "../docs/attributes.md"
	want := attributesHead + record.Attributes().Markdown()
	if *update {
		if err := os.MkdirAll("../docs", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("docs/attributes.md is stale: go test ./record -run Docs -update (-want +got):\n%s", diff)
	}
}
