package record

import (
	"math"
	"math/rand/v2"
	"strconv"
	"testing"
)

func TestLookup(t *testing.T) {
	for name, title := range map[string]string{"stime": "StartTime", "sbytes": "SrcBytes", "tcprtt": "TcpRtt", "avgdur": "Mean"} {
		a, ok := Lookup(name)
		if !ok || a.Title != title {
			t.Errorf("Lookup(%q) = %+v, %v", name, a, ok)
		}
	}
	if _, ok := Lookup("Stime"); ok {
		t.Error("names are lower case")
	}
}

func TestBuiltinIsFixed(t *testing.T) {
	a := Attribute{Name: "mine", Int: func(*Record) (int64, bool) { return 7, true }}
	if err := Attributes().Add(a); err == nil {
		t.Error("the built-in registry was changed")
	}
	g := Attributes().Clone()
	if err := g.Add(a); err != nil {
		t.Fatal(err)
	}
	if err := g.Add(a); err == nil {
		t.Error("the name was taken twice")
	}
	if mine, ok := g.Lookup("mine"); !ok || mine.Width != 4 || mine.Title != "mine" {
		t.Errorf("got %+v, %v", mine, ok)
	}
	if _, ok := Lookup("mine"); ok {
		t.Error("the copy changed the original")
	}
	for _, bad := range []Attribute{{Name: "x"}, {Name: "Up", Int: a.Int}, {Int: a.Int}, {Name: "y", Aliases: []string{"stime"}, Int: a.Int}} {
		if err := g.Add(bad); err == nil {
			t.Errorf("added %+v", bad)
		}
	}
}

// AppendFixed is strconv, digit by digit.
func TestAppendFixed(t *testing.T) {
	values := []float64{0, math.Copysign(0, -1), 0.5, 1.5, 2.5, 0.125, 1e-7, 5e-7, 1 << 53, 1<<53 - 1, 1e15, 1e18, 1e19, 1e300, 5e-324, math.MaxFloat64, math.Inf(1), math.NaN(), 0.0000005, 0.0000015, 1e-300}
	r := rand.New(rand.NewPCG(1, 2))
	for range 60000 {
		values = append(values, math.Float64frombits(r.Uint64()), float64(math.Float32frombits(r.Uint32())), r.Float64()*1e6, float64(r.IntN(1e9))/1e6, float64(r.IntN(1e6))/(1<<20))
	}
	var got, want []byte
	for _, v := range values {
		for _, digits := range []int{0, 1, 3, 6, 9} {
			got = AppendFixed(got[:0], v, digits)
			want = strconv.AppendFloat(want[:0], v, 'f', digits, 64)
			if string(got) != string(want) {
				t.Fatalf("%g (%x) with %d digits: got %s, want %s", v, math.Float64bits(v), digits, got, want)
			}
		}
	}
}

// Every attribute can be asked of every kind of record without harm.
func TestEmptyRecords(t *testing.T) {
	for _, k := range []Kind{FlowRecord, Management, Event, NetFlow, AFlow} {
		r := New(k, Version5, Start)
		for a := range Attributes().All() {
			a.Int64(r)
			a.Float64(r)
			a.Endpoint(r)
			a.AppendText(nil, r, nil)
		}
	}
}

// The appender of a kind writes what AppendText writes of a record of that kind.
func TestAppenderOfKind(t *testing.T) {
	for _, kind := range []Kind{FlowRecord, Management} {
		r := New(kind, Version5, Start)
		for a := range Attributes().All() {
			var o TextOptions
			got, want := string(a.Appender(kind)(nil, r, &o)), string(a.AppendText(nil, r, &o))
			if got != want {
				t.Errorf("%s of kind %d: %q, want %q", a.Name, kind, got, want)
			}
			if kind == Management && (a.Name == "mean" || a.Name == "sum" || a.Name == "runtime") && got != "" {
				t.Errorf("%s of a management record: %q", a.Name, got)
			}
		}
	}
}
