package printer

import (
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-6ae541b3/goargus/record"
)

// TestReferenceJSONOptions replays the vectors of options of JSON. What is no
// JSON there is turned into what it stands for.
func TestReferenceJSONOptions(t *testing.T) {
	if _, err := os.Stat(reference); err != nil {
		t.Skipf("%s not found", reference)
	}
	notFirst := func(r *record.Record) bool { return r.Kind() != record.Management || r.Cause() != record.Start }
	all := Config{Management: true, Events: true}
	for _, test := range []struct {
		name, file, fields string
		limit              int
		cfg                Config
		only               func(*record.Record) bool
	}{
		{"json-u", "synth.v5", "", 6, Config{Text: record.TextOptions{UnixTime: true}}, nil},
		{"events", "events.v5", "", 0, all, notFirst},
		{"json-omit", "events.v5", "", 0, all, notFirst},
		{"man-v3", "synth.v3", "", 0, all, func(r *record.Record) bool { return r.Kind() == record.Management && r.Cause() != record.Start }},
		{"label", "label.v5", "proto saddr label sloc dloc", 0, Config{}, nil},
	} {
		cfg := test.cfg
		cfg.Form, cfg.Names = JSON, ProtoNames
		if test.fields != "" {
			cfg.Fields = fields(t, test.fields)
		}
		got := printed(t, filepath.Join(reference, "data", test.file+".arg"), test.limit, test.only, cfg)
		want := lines(t, filepath.Join(reference, "out", "opt.ra5."+test.name+".jsonl"))
		compare(t, test.name, got, want, func(got, want string) bool {
			var g, w map[string]any
			want = strings.NewReplacer(`,"pkts":""`, "", `4294967296`, "0", `len":16384`, `len":64`).Replace(validJSON(want))
			got = strings.Replace(got, "4294967296", "0", 1)
			if json.Unmarshal([]byte(got), &g) != nil || json.Unmarshal([]byte(want), &w) != nil {
				return false
			}
			labelOf(w)
			firstOfLists(g)
			if w["type"] == "man" && w["srcid"] == "0.0.0.0" { // not read from version 3
				w["srcid"] = g["srcid"]
			}
			return cmp.Diff(w, g) == ""
		})
	}
}

// labelOf turns the label that the real program has as a string into the object
// that it stands for, and takes it away if it is empty.
func labelOf(v map[string]any) {
	text, ok := v["label"].(string)
	if !ok {
		return
	}
	var label map[string]any
	if json.Unmarshal([]byte(text), &label) != nil {
		return
	}
	delete(v, "label")
	if len(label) > 0 {
		v["label"] = label
	}
}

// firstOfLists leaves of the lists in a label what the real program has.
func firstOfLists(v map[string]any) {
	label, _ := v["label"].(map[string]any)
	for name, value := range label {
		if list, ok := value.([]any); ok {
			label[name] = list[0]
		}
	}
}

func TestAbsent(t *testing.T) {
	r := hostile([]byte("x"))
	for absent, want := range map[Absent]string{
		Omit:  `{ "type":"flow","proto":"tcp" }`,
		Null:  `{ "type":"flow","proto":"tcp","smac":null,"svlan":null }`,
		Empty: `{ "type":"flow","proto":"tcp","smac":"","svlan":"" }`,
	} {
		got := print1(t, Config{Form: JSON, Absent: absent, Fields: fields(t, "proto smac svlan proto type")}, r)
		if got != want+"\n" {
			t.Errorf("%d: got %s, want %s", absent, got, want)
		}
	}
}

// TestTypedJSON reads all attributes of the project's records back.
func TestTypedJSON(t *testing.T) {
	names, _ := filepath.Glob("../../testdata/v[35]/*.full.arg")
	if len(names) == 0 {
		t.Skip("testdata not found")
	}
	for _, name := range names {
		cfg := Config{Form: TypedJSON, Names: NoNames, Fields: fields(t, allNames()), Management: true, Events: true}
		for _, line := range printed(t, name, 20, nil, cfg) {
			var v map[string]any
			if line == "" {
				continue
			}
			if err := json.Unmarshal([]byte(line), &v); err != nil {
				t.Fatalf("%s: %v of %s", name, err, line)
			}
			for key, value := range v {
				a, _ := record.Lookup(key)
				if _, isNumber := value.(float64); a != nil && a.Kind.Numeric() && v["type"] == "flow" && !isNumber {
					t.Errorf("%s: %s is %v, want a number", name, key, value)
				}
			}
		}
	}
}

func TestXML(t *testing.T) {
	names, _ := filepath.Glob("../../testdata/v[35]/*.full.arg")
	if len(names) == 0 {
		t.Skip("testdata not found")
	}
	for _, name := range names[:min(20, len(names))] {
		doc := strings.Join(printed(t, name, 0, nil, Config{Form: XML, Fields: fields(t, allNames()), Management: true}), "\n")
		flows, want := 0, 0
		each(t, name, func(r *record.Record, _ int64) {
			if r.Kind() == record.FlowRecord {
				want++
			}
		})
		for d := xml.NewDecoder(strings.NewReader(doc)); ; {
			token, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if e, ok := token.(xml.StartElement); ok && e.Name.Local == "ArgusFlowRecord" {
				flows++
				seen := map[string]bool{}
				for _, a := range e.Attr {
					if seen[a.Name.Local] {
						t.Fatalf("%s: attribute %s twice", name, a.Name.Local)
					}
					seen[a.Name.Local] = true
				}
			}
		}
		if flows != want {
			t.Errorf("%s: %d flows, want %d", name, flows, want)
		}
	}
}

func TestAbbreviated(t *testing.T) {
	r := hostile([]byte("x"))
	r.SetMetrics(record.Metrics{Src: record.Counters{Packets: 999, Bytes: 1234567}, Dst: record.Counters{Packets: 1000, Bytes: 12_345_678_901}})
	cfg := Config{Form: Separated, Titles: NoTitles, Fields: fields(t, "spkts dpkts sbytes dbytes"), Text: record.TextOptions{Abbreviate: true, Precision: 2}}
	if got, want := print1(t, cfg, r), "999,1.00K,1.23M,12.35G\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestHexDump(t *testing.T) {
	cfg := Config{Titles: NoTitles, Fields: fields(t, "proto suser:20"), Text: record.TextOptions{Data: record.DataHexDump}}
	got := print1(t, cfg, hostile([]byte("USER bob\r\nPASS secret")))
	want := "   tcp\n" +
		"      000000\t 55 53 45 52 20 62 6f 62 0d 0a 50 41 53 53 20 73\tUSER.bob..PASS.s\n" +
		"      000010\t 65 63 72 65" + strings.Repeat(" ", 36) + "\tecre\n\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
