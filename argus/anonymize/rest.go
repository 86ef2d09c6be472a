package anonymize

import (
	"bytes"

	"github.com/seed-6ae541b3/goargus/record"
)

// fillLink does Ethernet addresses, tags and labels of the link.
func (a *Anonymizer) fillLink(dst, r *record.Record) {
	rules := a.cfg.Rules
	if r.Has(record.DSRMAC) && rules["mac"] != Remove {
		m := r.MAC()
		dst.SetMAC(record.MACPair{
			Src: a.mac(m.Src), Dst: a.mac(m.Dst), EtherType: m.EtherType, SrcSAP: m.SrcSAP, DstSAP: m.DstSAP, Qualifier: m.Qualifier,
		})
	}
	if r.Has(record.DSRVLAN) && rules["vlan"] != Remove {
		v := r.VLAN()
		dst.SetVLAN(record.VLAN{Src: a.tag(v.Src), Dst: a.tag(v.Dst), HasSrc: v.HasSrc, HasDst: v.HasDst})
	}
	if r.Has(record.DSRMPLS) && rules["mpls"] != Remove {
		m := r.MPLS()
		dst.SetMPLS(record.MPLS{
			Src: a.stack(m.Src), Dst: a.stack(m.Dst), SrcLabels: m.SrcLabels, DstLabels: m.DstLabels,
			SrcChanged: m.SrcChanged, DstChanged: m.DstChanged,
		})
	}
}

// tag maps the id of an 802.1Q tag; its priority stays.
func (a *Anonymizer) tag(t uint16) uint16 {
	return t&0xF000 | uint16(a.number("vlan", uint64(t&0xFFF), 12))
}

// stack maps an MPLS label; class, bottom mark and TTL stay.
func (a *Anonymizer) stack(l uint32) uint32 {
	return l&0xFFF | uint32(a.number("mpls", uint64(l>>12), 20))<<12
}

// fillTunnels does what is known of tunnels. Headers that were captured are
// removed, and so are outer flows, which name the ends of the tunnel: what is
// left are the numbers of networks.
func (a *Anonymizer) fillTunnels(dst, r *record.Record) {
	if r.Has(record.DSREncaps) && a.cfg.Rules["encaps"] == Keep {
		e := r.Encaps()
		dst.SetEncaps(record.Encaps{Src: e.Src, Dst: e.Dst})
	}
	if a.cfg.Rules["tunnel"] == Remove {
		return
	}
	if r.Has(record.DSRVXLAN) {
		v := r.VXLAN()
		dst.SetVXLAN(record.VXLAN{
			Src: uint32(a.number("tunnel", uint64(v.Src&0xFFFFFF), 24)), Dst: uint32(a.number("tunnel", uint64(v.Dst&0xFFFFFF), 24)),
			HasSrc: v.HasSrc, HasDst: v.HasDst,
		})
	}
}

// fillCounts does what counts and measures.
func (a *Anonymizer) fillCounts(dst, r *record.Record) {
	rules := a.cfg.Rules
	if r.Has(record.DSRJitter) && rules["jitter"] == Keep {
		j := r.Jitter()
		side := func(s record.JitterSide) record.JitterSide {
			return record.JitterSide{Active: stat(s.Active), Idle: stat(s.Idle)}
		}
		dst.SetJitter(record.Jitter{Src: side(j.Src), Dst: side(j.Dst)})
	}
	if r.Has(record.DSRSizes) && rules["psize"] == Keep {
		s := r.Sizes()
		dst.SetSizes(record.Sizes{Src: s.Src, Dst: s.Dst, HasHistogram: s.HasHistogram})
	}
	if r.Has(record.DSRIPAttr) && (rules["ttl"] != Remove || rules["tos"] != Remove || rules["ipid"] != Remove || rules["ipopt"] != Remove) {
		p := r.IPAttr()
		dst.SetIPAttr(record.IPAttr{Src: a.ipSide(p.Src), Dst: a.ipSide(p.Dst)})
	}
	if r.Has(record.DSRBehavior) && rules["behavior"] == Keep {
		b := r.Behavior()
		dst.SetBehavior(record.Behavior{Kind: b.Kind, Src: b.Src, Dst: b.Dst})
	}
	if r.Has(record.DSRScore) && rules["score"] == Keep {
		dst.SetScore(record.Score{Values: r.Score().Values})
	}
}

func (a *Anonymizer) ipSide(s record.IPSide) record.IPSide {
	rules := a.cfg.Rules
	n := record.IPSide{Has: s.Has, Fragments: s.Fragments, ID: uint16(a.number("ipid", uint64(s.ID), 16))}
	switch rules["ttl"] {
	case Keep:
		n.TTL = s.TTL
	case Bucket:
		n.TTL = initialTTL(s.TTL)
	}
	if rules["tos"] == Keep {
		n.TOS = s.TOS
	}
	if rules["ipopt"] == Keep {
		n.Options, n.HasOptions = s.Options, s.HasOptions
	}
	return n
}

// initialTTL is what a time to live was set to by the sender, most likely.
func initialTTL(ttl uint8) uint8 {
	for _, start := range []uint8{0, 1, 32, 64, 128} {
		if ttl <= start {
			return start
		}
	}
	return 255
}

// fillNames does what names somebody or something.
func (a *Anonymizer) fillNames(dst, r *record.Record) error {
	rules := a.cfg.Rules
	if r.Has(record.DSRICMP) && rules["icmp"] == Map {
		m := r.ICMPMapped()
		if i, ok := a.icmp(&m.ICMP); ok {
			dst.SetICMPMapped(record.ICMPMapped{ICMP: i, Qualifier: m.Qualifier})
		}
	}
	if r.Has(record.DSRASN) && rules["asn"] != Remove {
		n := r.ASN()
		as := func(x uint32) uint32 { return uint32(a.number("asn", uint64(x), 32)) }
		dst.SetASN(record.ASN{Src: as(n.Src), Dst: as(n.Dst), Inode: as(n.Inode)})
	}
	if r.Has(record.DSRCountry) && rules["cocode"] == Keep {
		c := r.Country()
		dst.SetCountry(record.Country{Src: c.Src, Dst: c.Dst})
	}
	if r.Has(record.DSRLocal) && rules["local"] == Keep {
		l := r.Local()
		dst.SetLocal(record.Local{Status: l.Status, Src: l.Src, Dst: l.Dst, SrcOrg: l.SrcOrg, DstOrg: l.DstOrg, HasSrc: l.HasSrc, HasDst: l.HasDst})
	}
	if r.Has(record.DSRLabel) && rules["label"] != Remove {
		a.text = append(a.text[:0], bytes.TrimRight(r.Label().Text, "\x00")...)
		if rules["label"] == Hashed {
			a.text = a.hashed(a.text)
		}
		dst.SetLabel(record.Label{Text: a.text})
	}
	if r.Has(record.DSRSrcData) && rules["suser"] == Keep {
		dst.SetSrcData(record.UserData{Data: r.SrcData().Data, Limit: r.SrcData().Limit, Compressed: r.SrcData().Compressed})
	}
	if r.Has(record.DSRDstData) && rules["duser"] == Keep {
		dst.SetDstData(record.UserData{Data: r.DstData().Data, Limit: r.DstData().Limit, Compressed: r.DstData().Compressed})
	}
	return nil
}

// hashed replaces the values of a label of the form name=value:name=value by
// hashes of them; of other forms the whole text.
func (a *Anonymizer) hashed(text []byte) []byte {
	var out []byte
	for i, item := range bytes.Split(text, []byte(":")) {
		if i > 0 {
			out = append(out, ':')
		}
		name, value, ok := bytes.Cut(item, []byte("="))
		if !ok {
			return []byte(a.name(text, 16))
		}
		out = append(append(out, name...), '=')
		out = append(out, a.name(value, 16)...)
	}
	return out
}
