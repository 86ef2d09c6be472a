package capture_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/gopacket"
	"pgregory.net/rapid"

	"github.com/seed-6ae541b3/goargus/capture"
)

// readAll opens and drains a capture in memory.
func readAll(t *testing.T, data []byte) ([]seen, *capture.Reader) {
	t.Helper()
	r, err := capture.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	all, err := drain(r, 3)
	if err != nil {
		t.Fatal(err)
	}
	return all, r
}

func TestPcapVariants(t *testing.T) {
	const second, packet = 1700000000, "0123456789abc"
	want := []seen{{packet, second*1e9 + 5000, 13, capture.Ethernet, 0}}
	record := func(o order, fraction uint32) []byte { return pcapRecord(o, second, fraction, packet) }
	tests := []struct {
		name string
		file []byte
		want []seen
	}{
		{"little-endian", file(pcapHeader(little, 0xa1b2c3d4, 1), record(little, 5)), want},
		{"big-endian", file(pcapHeader(big, 0xa1b2c3d4, 1), record(big, 5)), want},
		{"nanoseconds", file(pcapHeader(little, 0xa1b23c4d, 1), record(little, 5000)), want},
		{"nanoseconds, big-endian", file(pcapHeader(big, 0xa1b23c4d, 1), record(big, 5000)), want},
		{"modified", file(pcapHeader(little, 0xa1b2cd34, 1),
			u32s(little, nil, second, 5, 13, 13, 1, 2), []byte(packet)), want},
		{"modified, big-endian", file(pcapHeader(big, 0xa1b2cd34, 1),
			u32s(big, nil, second, 5, 13, 13, 1, 2), []byte(packet)), want},
		{"version 2.2, lengths swapped", file(pcapHeaderOf(little, 0xa1b2c3d4, 1, 2, 2, 65535),
			u32s(little, nil, second, 5, 99, 13), []byte(packet)),
			[]seen{{packet, second*1e9 + 5000, 99, capture.Ethernet, 0}}},
		{"version 2.3, either order", file(pcapHeaderOf(little, 0xa1b2c3d4, 1, 2, 3, 65535),
			u32s(little, nil, second, 5, 99, 13), []byte(packet),
			u32s(little, nil, second, 5, 13, 98), []byte(packet)),
			[]seen{{packet, second*1e9 + 5000, 99, capture.Ethernet, 0}, {packet, second*1e9 + 5000, 98, capture.Ethernet, 0}}},
		{"last second of 32 bits", file(pcapHeader(little, 0xa1b2c3d4, 1), pcapRecord(little, 1<<32-1, 1<<32-1, "")),
			[]seen{{"", (1<<32-1)*1e9 + (1<<32-1)*1000, 0, capture.Ethernet, 0}}},
		{"wire length below the captured", file(pcapHeader(little, 0xa1b2c3d4, 1), u32s(little, nil, 0, 0, 4, 1), []byte("abcd")),
			[]seen{{"abcd", 0, 4, capture.Ethernet, 0}}},
		{"snapshot length below the captured", file(pcapHeaderOf(little, 0xa1b2c3d4, 1, 2, 4, 3), pcapRecord(little, 0, 0, "abcd")),
			[]seen{{"abc", 0, 4, capture.Ethernet, 0}}},
		{"no snapshot length", file(pcapHeaderOf(little, 0xa1b2c3d4, 1, 2, 4, 0), pcapRecord(little, 0, 0, "abcd")),
			[]seen{{"abcd", 0, 4, capture.Ethernet, 0}}},
		{"DLT number of raw IP", file(pcapHeader(little, 0xa1b2c3d4, 12), pcapRecord(little, 0, 0, "a")),
			[]seen{{"a", 0, 1, capture.Raw, 0}}},
		{"FCS length with the link type", file(pcapHeader(little, 0xa1b2c3d4, 0x24000001), pcapRecord(little, 0, 0, "a")),
			[]seen{{"a", 0, 1, capture.Ethernet, 0}}},
		{"no packets", pcapHeader(little, 0xa1b2c3d4, 1), nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, form := range [][]byte{test.file, gzipped(t, test.file), zstandard(t, test.file)} {
				got, _ := readAll(t, form)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func TestPcapNGVariants(t *testing.T) {
	const packet = "0123456789abc"
	tests := []struct {
		name       string
		file       []byte
		want       []seen
		interfaces []capture.Interface
	}{
		{
			"packet blocks of three types",
			file(section(little), iface(little, 1, 0),
				enhanced(little, 0, 1_000_005, 77, packet), obsolete(little, 0, 9, 2_000_005, 78, packet), simple(little, 13, packet)),
			[]seen{{packet, 1_000_005_000, 77, 1, 0}, {packet, 2_000_005_000, 78, 1, 0}, {packet, 0, 13, 1, 0}},
			[]capture.Interface{{Link: 1, SnapLen: capture.MaxPacketSize}},
		},
		{
			"big-endian",
			file(section(big), iface(big, 113, 96, option(big, 2, "any")),
				enhanced(big, 0, 1_000_005, 77, packet), obsolete(big, 0, 9, 2_000_005, 78, packet), simple(big, 13, packet)),
			[]seen{{packet, 1_000_005_000, 77, 113, 0}, {packet, 2_000_005_000, 78, 113, 0}, {packet, 0, 13, 113, 0}},
			[]capture.Interface{{Name: "any", Link: 113, SnapLen: 96}},
		},
		{
			"simple block cut to the snapshot length",
			file(section(little), iface(little, 1, 4), simple(little, 99, "abcd")),
			[]seen{{"abcd", 0, 99, 1, 0}},
			[]capture.Interface{{Link: 1, SnapLen: 4}},
		},
		{
			"resolutions and offsets",
			file(section(little),
				iface(little, 1, 0, option(little, 9, "\x09")),
				iface(little, 1, 0, option(little, 9, "\x00")),
				iface(little, 1, 0, option(little, 9, "\x8a")),
				iface(little, 1, 0, option(little, 9, "\x0c")),
				iface(little, 1, 0, option(little, 14, "\x02\x00\x00\x00\x00\x00\x00\x00")),
				iface(little, 1, 0, option(little, 14, "\xfe\xff\xff\xff\xff\xff\xff\xff")),
				enhanced(little, 0, 1_000_000_005, 1, "a"),
				enhanced(little, 1, 7, 1, "a"),
				enhanced(little, 2, 1536, 1, "a"),
				enhanced(little, 3, 1_000_000_005_999, 1, "a"),
				enhanced(little, 4, 1_000_001, 1, "a"),
				enhanced(little, 5, 1_000_001, 1, "a")),
			[]seen{{"a", 1_000_000_005, 1, 1, 0}, {"a", 7e9, 1, 1, 1}, {"a", 1.5e9, 1, 1, 2},
				{"a", 1_000_000_005, 1, 1, 3}, {"a", 3_000_001_000, 1, 1, 4}, {"a", -999_999_000, 1, 1, 5}},
			slicesRepeat(capture.Interface{Link: 1, SnapLen: capture.MaxPacketSize}, 6),
		},
		{
			"sections of either byte order, the same interface twice",
			file(section(little), iface(little, 1, 0, option(little, 2, "a")), enhanced(little, 0, 1, 1, "x"),
				section(big), iface(big, 1, 0, option(big, 2, "a")), iface(big, 101, 0, option(big, 2, "b")),
				enhanced(big, 1, 2, 1, "y"), enhanced(big, 0, 3, 1, "z"),
				section(little), iface(little, 101, 0, option(little, 2, "b")), enhanced(little, 0, 4, 1, "w")),
			[]seen{{"x", 1000, 1, 1, 0}, {"y", 2000, 1, 101, 1}, {"z", 3000, 1, 1, 0}, {"w", 4000, 1, 101, 2}},
			[]capture.Interface{{"a", 1, capture.MaxPacketSize}, {"b", 101, capture.MaxPacketSize}, {"b", 101, capture.MaxPacketSize}},
		},
		{
			"options and other blocks passed over, one longer than the window",
			file(section(little), block(little, 4, make([]byte, 40)), iface(little, 1, 0, option(little, 3, "a text"), option(little, 2, "lo")),
				block(little, 0x0bad, make([]byte, 3<<20)),
				enhanced(little, 0, 1, 5, "abcde", option(little, 1, "comment"), option(little, 0, "")),
				block(little, 5, make([]byte, 8)), block(little, 0x80000bad)),
			[]seen{{"abcde", 1000, 5, 1, 0}},
			[]capture.Interface{{"lo", 1, capture.MaxPacketSize}},
		},
		{"no packets", file(section(little)), nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, form := range [][]byte{test.file, gzipped(t, test.file), zstandard(t, test.file)} {
				got, r := readAll(t, form)
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Error(diff)
				}
				if diff := cmp.Diff(test.interfaces, r.Interfaces()); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

func slicesRepeat[T any](v T, n int) (all []T) {
	for range n {
		all = append(all, v)
	}
	return all
}

// TestInterfacesAtOpen: who opens a file knows its interfaces at once.
func TestInterfacesAtOpen(t *testing.T) {
	data := file(section(little), iface(little, 1, 0, option(little, 2, "a")), block(little, 4, make([]byte, 40)),
		iface(little, 101, 0, option(little, 2, "b")), enhanced(little, 1, 1, 1, "x"))
	r, err := capture.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.Interfaces(); len(got) != 2 || got[1].Name != "b" {
		t.Errorf("interfaces at open: %v", got)
	}
}

// TestCutAnywhere: of a capture cut at any byte, all packets that lie before
// the cut are delivered; then comes an error, unless the cut is between two
// records.
func TestCutAnywhere(t *testing.T) {
	pcap := file(pcapHeader(big, 0xa1b2c3d4, 1), pcapRecord(big, 1, 0, "first"), pcapRecord(big, 2, 0, ""), pcapRecord(big, 3, 0, "third one"))
	pcapng := file(section(little), iface(little, 1, 0), enhanced(little, 0, 1, 5, "first"), block(little, 77, []byte("body")),
		simple(little, 6, "second"), enhanced(little, 0, 3, 5, "third"))
	tests := []struct {
		name string
		file []byte
		ends []int // of header and records: clean cuts
		want []string
		at   []int // ends of packets
	}{
		{"pcap", pcap, []int{24, 45, 61, 86}, []string{"first", "", "third one"}, []int{45, 61, 86}},
		{"pcapng", pcapng, []int{28, 48, 88, 104, 128, 168}, []string{"first", "second", "third"}, []int{88, 128, 168}},
	}
	for _, test := range tests {
		for cut := 0; cut <= len(test.file); cut++ {
			var got []string
			r, err := capture.NewReader(iotest.OneByteReader(bytes.NewReader(test.file[:cut])))
			if err == nil {
				var packets []seen
				packets, err = drain(r, 4)
				for _, p := range packets {
					got = append(got, p.Data)
				}
			}
			var want []string
			for i, end := range test.at {
				if end <= cut {
					want = append(want, test.want[i])
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s cut at %d: %s", test.name, cut, diff)
			}
			clean := false
			for _, end := range test.ends {
				clean = clean || end == cut
			}
			var re *capture.ReadError
			switch {
			case clean && err != nil:
				t.Errorf("%s cut at %d, between records: %v", test.name, cut, err)
			case !clean && !errors.As(err, &re):
				t.Errorf("%s cut at %d: error %v, expected a ReadError", test.name, cut, err)
			case !clean && !errors.Is(err, io.ErrUnexpectedEOF):
				if cut >= 4 { // less is no magic number
					t.Errorf("%s cut at %d: error %v, expected an unexpected end", test.name, cut, err)
				}
			case !clean && r != nil && re.Packet != int64(len(got)+1):
				t.Errorf("%s cut at %d: error names packet %d after %d", test.name, cut, re.Packet, len(got))
			}
		}
	}
}

func TestErrors(t *testing.T) {
	ok := file(pcapHeader(little, 0xa1b2c3d4, 1), pcapRecord(little, 1, 0, "first"))
	ng := file(section(little), iface(little, 1, 0))
	long := block(little, 6, make([]byte, 520<<10))
	tests := []struct {
		name string
		file []byte
		want string
	}{
		{"empty", nil, "at byte 0: empty input, expected a pcap or pcapng capture"},
		{"text", []byte("hello world"), "at byte 0: no capture: begins with 68 65 6c 6c, expected pcap or pcapng, plain or compressed with gzip or zstd"},
		{"version", pcapHeaderOf(little, 0xa1b2c3d4, 1, 3, 0, 1), "at byte 0: pcap version 3.0, expected 2.0 to 2.4"},
		{"captured length", file(ok, u32s(little, nil, 0, 0, 262145, 262145), make([]byte, 300000)),
			"packet 2 at byte 45: captured length 262145, expected at most 262144"},
		{"cut gzip", gzipped(t, ok)[:30], "at byte 0: file header is cut short: unexpected EOF"},
		{"cut gzip header", gzipped(t, ok)[:5], "at byte 0: compressed data is cut short: unexpected EOF"},
		{"cut zstd", zstandard(t, ok)[:30], "at byte 0: file header is cut short: unexpected EOF"},
		{"byte order mark", file(section(little)[:8], []byte("abcd"), make([]byte, 16)), "at byte 0: section header has byte order mark 61 62 63 64, expected 1a 2b 3c 4d or its reverse"},
		{"pcapng version", file(section(little)[:12], []byte{2, 0, 0, 0}, make([]byte, 16)), "at byte 0: pcapng version 2.0, expected 1.0"},
		{"block too short", file(ng, u32s(little, nil, 99, 8, 8)), "at byte 48: block of type 99 has length 8, expected a multiple of 4 of at least 12"},
		{"block odd", file(ng, u32s(little, nil, 99, 13, 8, 8)), "at byte 48: block of type 99 has length 13, expected a multiple of 4 of at least 12"},
		{"packet block odd", file(ng, u32s(little, nil, 6, 13, 8, 8)), "packet 1 at byte 48: block of type 6 has length 13, expected a multiple of 4 of at least 12"},
		{"block too long", file(ng, long), "packet 1 at byte 48: block of type 6 has length 532492, expected at most 524288"},
		{"block ends otherwise", file(ng, enhanced(little, 0, 1, 1, "a")[:32], u32s(little, nil, 7)), "packet 1 at byte 48: block of length 36 ends with length 7"},
		{"other block ends otherwise", file(ng, u32s(little, nil, 99, 12, 16)), "at byte 56: block of length 12 ends with length 16"},
		{"lengths at odds in the block", file(ng, block(little, 6, u32s(little, nil, 0, 0, 1, 5, 5), []byte("abcd"))),
			"packet 1 at byte 48: captured length 5 in a block with room for 4"},
		{"packet block without a header", file(ng, block(little, 6, []byte("abcd"))), "packet 1 at byte 48: packet block has length 16, expected at least 32"},
		{"undeclared interface", file(ng, enhanced(little, 0, 1, 1, "a"), enhanced(little, 1, 1, 1, "b")),
			"packet 2 at byte 84: packet of interface 1, of which there are 1"},
		{"no interface", file(section(little), simple(little, 1, "a")), "packet 1 at byte 28: packet of interface 0, of which there are 0"},
		{"interface of another section", file(ng, section(little), simple(little, 1, "a")), "packet 1 at byte 76: packet of interface 0, of which there are 0"},
		{"option too long", file(section(little), block(little, 1, u32s(little, nil, 1, 0), []byte{2, 0, 99, 0})),
			"at byte 28: option 2 of the interface description has length 99, of which 0 bytes are there"},
		{"resolution of two bytes", file(section(little), iface(little, 1, 0, option(little, 9, "ab"))),
			"at byte 28: time option 9 of the interface description has length 2"},
		{"short interface", file(section(little), block(little, 1, []byte("abcd"))), "at byte 28: interface description has length 16, expected at least 20"},
		{"endless block", file(ng, u32s(little, nil, 99, 0xfffffffc, 1)), "packet 1 at byte 60: block of length 4294967292 at byte 48 is cut short: unexpected EOF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r, err := capture.NewReader(bytes.NewReader(test.file))
			if err == nil {
				_, err = drain(r, 8)
				if _, again := r.ReadPackets(make([]capture.Packet, 1)); again != err {
					t.Errorf("error %v, and then %v", err, again)
				}
			}
			if err == nil || err.Error() != test.want {
				t.Errorf("error %v\n   expected %s", err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), "\n") {
				t.Errorf("error of several lines: %v", err)
			}
			var re *capture.ReadError
			if !errors.As(err, &re) {
				t.Errorf("error of type %T", err)
			}
		})
	}
}

func TestReadErrors(t *testing.T) {
	broken := errors.New("disk on fire")
	ok := file(pcapHeader(little, 0xa1b2c3d4, 1), pcapRecord(little, 1, 0, "first"), pcapRecord(little, 1, 0, "second")[:18])
	r, err := capture.NewReader(io.MultiReader(bytes.NewReader(ok), iotest.ErrReader(broken)))
	if err != nil {
		t.Fatal(err)
	}
	got, err := drain(r, 8)
	if len(got) != 1 || !errors.Is(err, broken) || err.Error() != "packet 2 at byte 45: record can not be read: disk on fire" {
		t.Errorf("%d packets, error %v", len(got), err)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	if _, err := r.ReadPackets(make([]capture.Packet, 1)); !errors.Is(err, os.ErrClosed) {
		t.Errorf("reading after Close: %v", err)
	}
}

func TestOpenFile(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.pcap")
	if _, err := capture.OpenFile(missing); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), missing) {
		t.Errorf("missing file: %v", err)
	}
	if _, err := capture.OpenFile(t.TempDir()); err == nil {
		t.Error("a folder opens")
	}
	empty := filepath.Join(t.TempDir(), "empty.pcap")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := capture.OpenFile(empty); err == nil || !strings.HasPrefix(err.Error(), empty+": ") {
		t.Errorf("empty file: %v", err)
	}
}

// TestChunks: however the input arrives, and however large the blocks asked
// for, the packets are the same.
func TestChunks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(60_000, capture.MaxPacketSize)), 0, 30).Draw(t, "sizes")
		pcap := pcapHeaderOf(little, 0xa1b23c4d, 1, 2, 4, 0)
		pcapng := file(section(big), iface(big, 1, 0, option(big, 9, "\x09")))
		var want []seen
		for i, size := range sizes {
			data := strings.Repeat(string(rune('a'+i)), size)
			pcap = append(pcap, pcapRecord(little, 0, uint32(i), data)...)
			pcapng = append(pcapng, enhanced(big, 0, uint64(i), uint32(size), data)...)
			want = append(want, seen{data, int64(i), size, 1, 0})
		}
		block := rapid.IntRange(1, 40).Draw(t, "block")
		for _, data := range [][]byte{pcap, pcapng} {
			var in io.Reader = bytes.NewReader(data)
			if rapid.Bool().Draw(t, "halves") {
				in = iotest.HalfReader(in)
			}
			r, err := capture.NewReader(in)
			if err != nil {
				t.Fatal(err)
			}
			got, err := drain(r, block)
			if err != nil || !cmp.Equal(want, got) {
				t.Fatalf("%d packets of %d, error %v", len(got), len(want), err)
			}
		}
	})
}

// TestBlockStaysValid: all packets of one call are good until the next.
func TestBlockStaysValid(t *testing.T) {
	data := pcapHeader(little, 0xa1b2c3d4, 1)
	const packets = 5000
	for i := range packets {
		data = append(data, pcapRecord(little, uint32(i), 0, strings.Repeat(string(rune('a'+i%26)), 1000))...)
	}
	r, err := capture.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	all := 0
	block := make([]capture.Packet, 3000)
	for {
		n, err := r.ReadPackets(block)
		for _, p := range block[:n] {
			if want := byte('a' + all%26); p.Data[0] != want || p.Data[999] != want {
				t.Fatalf("packet %d was overwritten", all)
			}
			all++
		}
		if err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if all != packets {
		t.Errorf("%d packets of %d", all, packets)
	}
}

type oldSource struct {
	left   int
	closed bool
}

func (s *oldSource) ReadPacketData() ([]byte, gopacket.CaptureInfo, error) {
	if s.left == 0 {
		return nil, gopacket.CaptureInfo{}, io.EOF
	}
	s.left--
	return []byte("abc"), gopacket.CaptureInfo{CaptureLength: 3, Length: 9}, nil
}

func (s *oldSource) Close() { s.closed = true }

func TestFromGopacket(t *testing.T) {
	old := &oldSource{left: 2}
	src := capture.FromGopacket(old, capture.Interface{Name: "eth0", Link: 12})
	got, err := drain(src, 8)
	if err != nil || len(got) != 2 || got[1].Data != "abc" || got[1].Length != 9 || got[1].Link != capture.Raw {
		t.Errorf("%v, %v", got, err)
	}
	if err := src.Close(); err != nil || !old.closed {
		t.Errorf("close: %v, reached the source: %v", err, old.closed)
	}
}

func TestLinkTypeString(t *testing.T) {
	for link, want := range map[capture.LinkType]string{
		capture.Ethernet: "EN10MB", capture.LinuxSLL2: "LINUX_SLL2", 147: "USER0", 162: "USER15", 9999: "LINKTYPE_9999",
	} {
		if got := link.String(); got != want {
			t.Errorf("link type %d is %q, expected %q", uint32(link), got, want)
		}
	}
}
