package record

import (
	"bytes"
	"encoding/hex"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestFormatHexdumps compares the records that docs/format.md explains with
// those of testdata.
func TestFormatHexdumps(t *testing.T) {
	doc, err := os.ReadFile("../docs/format.md")
	if err != nil {
		t.Fatal(err)
	}
	block := regexp.MustCompile("(?s)<!-- (\\S+) (\\d+) -->\n```\n(.*?)```")
	row := regexp.MustCompile(`(?m)^([0-9a-f]{4})  ((?:[0-9a-f]{2} ?)+)`)
	found := block.FindAllStringSubmatch(string(doc), -1)
	if len(found) == 0 {
		t.Fatal("no hexdumps")
	}
	for _, b := range found {
		in, err := os.ReadFile("../" + b[1])
		if err != nil {
			t.Fatal(err)
		}
		n, _ := strconv.Atoi(b[2])
		want := records(in)[n]
		var got []byte
		for _, r := range row.FindAllStringSubmatch(b[3], -1) {
			if at, _ := strconv.ParseInt(r[1], 16, 0); int(at) != len(got) {
				t.Errorf("%s %d: row %s follows %04x", b[1], n, r[1], len(got))
			}
			bytes, err := hex.DecodeString(strings.ReplaceAll(r[2], " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, bytes...)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s %d:\n% x\nwant\n% x", b[1], n, got, want)
		}
	}
}
