package printer

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/seed-6ae541b3/goargus/record"
)

// withDefects is a registry whose attributes are printed as the real programs
// do where these are wrong, or where version 3 and version 5 differ. What it
// overrides is the list of our differences in docs/differences/fields.md.
func withDefects(t *testing.T, ra string, form Form) *record.Registry {
	t.Helper()
	defects := defects5
	if ra == "ra3" {
		defects = defects3
	}
	reg := new(record.Registry)
	var carried leaks
	for a := range record.Attributes().All() {
		c := record.Attribute{
			Name: a.Name, Aliases: a.Aliases, Title: a.Title, Width: a.Width, Kind: a.Kind, Int: a.Int, Float: a.Float,
			Left: a.Left, Center: a.Center, KeepBlanks: a.KeepBlanks, Joins: a.Joins, RmonTitle: a.RmonTitle,
		}
		own := func(r *record.Record, o *record.TextOptions) string { return string(a.AppendText(nil, r, o)) }
		text := own
		d := defects[a.Name]
		if d == nil {
			d = jitterDefect(ra, a.Name)
		}
		if d == nil && ra == "ra5" {
			d = carried.defect(a.Name)
		}
		if d != nil {
			text = func(r *record.Record, o *record.TextOptions) string { return d(own(r, o), r, o) }
		}
		c.Text = func(dst []byte, r *record.Record, o *record.TextOptions) []byte {
			s := text(r, o)
			if ra == "ra5" && form == Text && len(s) > o.Width && cutTwice(a, r) {
				s = s[:o.Width-2] + "*"
			}
			return append(dst, s...)
		}
		if c.Kind == record.PortValue {
			c.Int = func(r *record.Record) (int64, bool) {
				v, err := strconv.ParseInt(text(r, &record.TextOptions{Plain: true}), 0, 64)
				return v, err == nil
			}
		}
		if err := reg.Add(c); err != nil {
			t.Fatal(err)
		}
	}
	return reg
}

// cutTwice reports whether version 5 cuts a column one character too early:
// all but addresses and a few more.
func cutTwice(a *record.Attribute, r *record.Record) bool {
	if a.Name == "dport" {
		return r.Flow().Proto == record.ProtoESP
	}
	return a.Kind != record.TimeValue && a.Kind != record.AddressValue && a.Kind != record.PortValue && a.Kind != record.BytesValue &&
		!strings.Contains(" label sco dco ico sas das ias icmpid sipid dipid sgrp dgrp dsrs ", " "+a.Name+" ")
}

type defect = func(own string, r *record.Record, o *record.TextOptions) string

var defects5 = map[string]defect{
	"state": func(own string, r *record.Record, o *record.TextOptions) string {
		switch own {
		case "NRS", "NRA", "NNS", "NNA": // the table of ICMP has other types in their places
			if t := r.Flow().ICMPType; own != map[uint8]string{133: "NRS", 134: "NRA", 135: "NNS", 136: "NNA"}[t] {
				return "wrong: " + own
			}
			return map[string]string{"NRS": "EXM", "NRA": "EEO", "NNS": "EER", "NNA": ""}[own]
		}
		return arpState(own, r)
	},
	"dport": func(own string, r *record.Record, o *record.TextOptions) string {
		if r.Flow().Type == record.KeyISIS && len(own) == 6 {
			if own != fmt.Sprintf("0x%x", r.Flow().ISIS.Checksum) {
				return "wrong: " + own
			}
			return own[:5] // overwritten by the end of the string
		}
		if own != "" && !o.Plain && r.Flow().Proto == record.ProtoESP && o.Width == 6 && len(own) == 10 {
			return fmt.Sprintf("0x%08x", spi(r))
		}
		return espPort(own, r, o)
	},
	"flgs":  ipv6Flags,
	"proto": rarpNumber,
	"sname": hostName,
	"dname": hostName,
}

var defects3 = map[string]defect{
	"state": func(own string, r *record.Record, o *record.TextOptions) string {
		if f := r.Flow(); f.Proto == record.ProtoICMP { // types 41 to 45 by the names of ICMPv6
			switch own {
			case "EXM", "EEO", "EER":
				return map[string]string{"EXM": "NRS", "EEO": "NRA", "EER": "NNS"}[own]
			}
			if (f.ICMPType == 44 || f.ICMPType == 45) && own == "" {
				return map[uint8]string{44: "NNA", 45: "PTB"}[f.ICMPType]
			}
		}
		return arpState(own, r)
	},
	"proto": rarpNumber,
	"sport": func(own string, r *record.Record, o *record.TextOptions) string {
		f := r.Flow()
		switch {
		case f.Proto == record.ProtoICMP && f.Src.Family() == record.IPv4:
			if !says(own, uint64(f.ICMPType)) {
				return "wrong: " + own
			}
			return fmt.Sprintf("0x%04x", uint16(f.ICMPCode)<<8|uint16(f.ICMPType))
		case f.Proto == record.ProtoICMP6 && f.Src.Family() == record.IPv6:
			if !says(own, uint64(f.ICMPType)) {
				return "wrong: " + own
			}
			return fmt.Sprint(f.ICMPType)
		}
		return zeroPort(own, f)
	},
	"dport": func(own string, r *record.Record, o *record.TextOptions) string {
		f := r.Flow()
		switch {
		case f.Proto == record.ProtoICMP && f.Src.Family() == record.IPv4:
			if !says(own, uint64(f.ICMPCode)) {
				return "wrong: " + own
			}
			return fmt.Sprintf("0x%04x", f.ICMPID)
		case f.Proto == record.ProtoICMP6 && f.Src.Family() == record.IPv6:
			if !says(own, uint64(f.ICMPCode)) {
				return "wrong: " + own
			}
			return fmt.Sprint(f.ICMPCode)
		}
		return zeroPort(espPort(own, r, o), f)
	},
	"dir": func(own string, r *record.Record, o *record.TextOptions) string {
		if o.Plain {
			return fmt.Sprintf("%5s", own)
		}
		return own
	},
	"flgs": ipv6Flags,
	// Of management records the times are exchanged, and flows are not counted.
	"stime": func(own string, r *record.Record, o *record.TextOptions) string {
		if m := r.Management(); r.Kind() == record.Management {
			if own != string(o.AppendTime(nil, m.StartTime)) {
				return "wrong: " + own
			}
			return string(o.AppendTime(nil, m.Now))
		}
		return own
	},
	"ltime": func(own string, r *record.Record, o *record.TextOptions) string {
		if m := r.Management(); r.Kind() == record.Management {
			if own != string(o.AppendTime(nil, m.Now)) {
				return "wrong: " + own
			}
			return string(o.AppendTime(nil, m.StartTime))
		}
		return own
	},
	"trans": func(own string, r *record.Record, o *record.TextOptions) string {
		if r.Kind() == record.Management {
			if own != fmt.Sprint(r.Management().Flows) {
				return "wrong: " + own
			}
			return ""
		}
		return own
	},
	"shops": func(own string, r *record.Record, o *record.TextOptions) string {
		if r.IPAttr().Src.TTL == 255 && own == "0" {
			return "1"
		}
		return own
	},
}

// says reports whether a text is a number, or blank for none.
func says(own string, number uint64) bool {
	v, err := strconv.ParseUint(own, 0, 64)
	return err == nil && v == number || own == "" && number == 0
}

// zeroPort prints port 0, which version 5 leaves blank.
func zeroPort(own string, f *record.Flow) string {
	if own == "" && (f.Type == record.KeyEthernet || f.IsIP() && (f.Proto == record.ProtoTCP || f.Proto == record.ProtoUDP)) {
		return "0"
	}
	return own
}

// rarpNumber prints RARP by name where numbers are wanted.
func rarpNumber(own string, r *record.Record, o *record.TextOptions) string {
	if own == "32821" {
		return "rarp"
	}
	return own
}

// spi is an SPI over whose upper half prefix lengths were written.
func spi(r *record.Record) uint32 { return r.Flow().SPI&0xFFFF | 0x20200000 }

func espPort(own string, r *record.Record, o *record.TextOptions) string {
	f := r.Flow()
	switch {
	case own == "" || f.Proto != record.ProtoESP || f.Src.Family() != record.IPv4:
		return own
	case o.Plain:
		return fmt.Sprintf("0x%x", spi(r))
	}
	return fmt.Sprintf("0x%08x", spi(r))
}

// arpState takes the kind of record for its cause.
func arpState(own string, r *record.Record) string {
	f := r.Flow()
	if own == "REQ" && f.Class == record.ClassARP {
		return "INT"
	}
	return own
}

// ipv6Flags leaves out of IPv6 what is not about reuse or retransmission of the
// source.
func ipv6Flags(own string, r *record.Record, o *record.TextOptions) string {
	if f := r.Flow(); r.IsFlow() && f.Src.Family() == record.IPv6 && f.Proto == record.ProtoTCP && strings.Trim(own[3:6], "Rs* ") != "" {
		return own[:3] + "   " + own[6:]
	}
	return own
}
