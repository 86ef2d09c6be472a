package strip

import (
	"bytes"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/fuzz"
	"github.com/seed-6ae541b3/goargus/record"
)

// What stays are the chosen parts, byte for byte and in their order.
func TestKeepsExactlyWhatIsChosen(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := fuzz.Record().Draw(t, "record")
		names := rapid.SliceOfN(rapid.SampledFrom(Names()), 0, 5).Draw(t, "names")
		sign := rapid.SampledFrom([]string{"", "-", "+"}).Draw(t, "sign")
		for i := range names {
			names[i] = sign + names[i]
		}
		s, err := Parse(names...)
		if err != nil {
			t.Fatal(err)
		}
		var want []byte
		for d, raw := range r.DSRs() {
			if s.Keeps(d) || d.String() == "unknown" && sign == "-" && len(names) > 0 {
				want = append(want, raw...)
			}
		}
		if !r.IsFlow() {
			want = r.Bytes()[record.HeaderSize:]
		}
		for out, err := range s.Stage()(func(yield func(*record.Record, error) bool) { yield(r, nil) }) {
			if err != nil {
				t.Fatal(err)
			}
			if got := out.Bytes(); !bytes.Equal(got[:2], r.Bytes()[:2]) || !bytes.Equal(got[record.HeaderSize:], want) {
				t.Errorf("%v left %x, want %x", names, got, want)
			}
		}
	})
}

func TestParse(t *testing.T) {
	s, err := Parse("+agr", "+mac")
	if err != nil {
		t.Fatal(err)
	}
	for d, want := range map[record.DSR]bool{record.DSRAggregate: true, record.DSRMAC: true, record.DSRFlow: true, record.DSRJitter: false} {
		if s.Keeps(d) != want {
			t.Errorf("keeps %v: %v", d, !want)
		}
	}
	for _, words := range [][]string{{"nonsuch"}, {""}, {"-"}, {"-net", "nonsuch"}} {
		if _, err := Parse(words...); err == nil {
			t.Errorf("%q: no error", words)
		}
	}
}

func Example() {
	s, err := Parse("-suser", "-duser")
	fmt.Println(err, s.Keeps(record.DSRSrcData), s.Keeps(record.DSRFlow))
	// Output: <nil> false true
}
