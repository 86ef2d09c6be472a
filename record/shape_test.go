package record

import (
	"encoding/binary"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// TestLoadLike loads streams of damaged and whole records with and without a
// memory of shapes: nothing may tell the two apart.
func TestLoadLike(t *testing.T) {
	seeds := shapeSeeds(t)
	rapid.Check(t, func(t *rapid.T) {
		var shapes Shapes
		var plain, like Record
		for range rapid.IntRange(1, 40).Draw(t, "records") {
			b := append([]byte(nil), rapid.SampledFrom(seeds).Draw(t, "record")...)
			for range rapid.IntRange(0, 2).Draw(t, "changes") {
				at := rapid.IntRange(0, len(b)-1).Draw(t, "at")
				b[at] = rapid.SampledFrom([]byte{0, 1, 3, 4, 5, 30, 0x30, 0x50, 0x80, 0xFF, b[at] ^ 1, b[at] ^ 0x80}).Draw(t, "byte")
			}
			perr, lerr := plain.Load(b), like.LoadLike(b, &shapes)
			if (perr == nil) != (lerr == nil) || perr != nil && perr.Error() != lerr.Error() {
				t.Fatalf("% x: Load says %v, LoadLike %v", b, perr, lerr)
			}
			if plain.have != like.have || plain.found != like.found {
				t.Fatalf("% x: Load finds %x, LoadLike %x", b, plain.have, like.have)
			}
			for d := DSR(0); d < numDSR; d++ {
				if diff := cmp.Diff(plain.Raw(d), like.Raw(d)); diff != "" {
					t.Fatalf("% x: %v differs:\n%s", b, d, diff)
				}
			}
		}
	})
}

// shapeSeeds are the records of all files at hand, the first of each length.
func shapeSeeds(t *testing.T) (seeds [][]byte) {
	files, err := filepath.Glob("../testdata/v[35]/*.arg")
	if err != nil || len(files) == 0 {
		t.Fatalf("no records: %v", err)
	}
	seen := map[int]bool{}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for len(b) >= HeaderSize {
			n := 4 * int(binary.BigEndian.Uint16(b[2:]))
			if n == 0 || n > len(b) {
				break
			}
			if !seen[n] {
				seen[n] = true
				seeds = append(seeds, b[:n])
			}
			b = b[n:]
		}
	}
	return append(seeds, sensorRecord(nil))
}
