package printer

import (
	"strconv"

	"github.com/seed-6ae541b3/goargus/record"
)

// counter is a number of a management record and its key in JSON.
type counter struct {
	key string
	get func(m *record.ManagementInfo) int64
}

// counters are the members that follow the version, in their order.
var counters = []counter{
	{"interfaceType", func(m *record.ManagementInfo) int64 { return int64(m.InterfaceType) }},
	{"interfaceStatus", func(m *record.ManagementInfo) int64 {
		if m.InterfaceUp {
			return 1
		}
		return 0
	}},
	{"reportInterval", func(m *record.ManagementInfo) int64 { return int64(m.ReportInterval) }},
	{"argusMrInterval", func(m *record.ManagementInfo) int64 { return int64(m.MARInterval) }},
	{"pktsRcvd", func(m *record.ManagementInfo) int64 { return int64(m.Packets) }},
	{"bytesRcvd", func(m *record.ManagementInfo) int64 { return int64(m.Bytes) }},
	{"drift", func(m *record.ManagementInfo) int64 { return m.Drift }},
	{"records", func(m *record.ManagementInfo) int64 { return int64(m.Records) }},
	{"flows", func(m *record.ManagementInfo) int64 { return int64(m.Flows) }},
	{"dropped", func(m *record.ManagementInfo) int64 { return int64(m.Dropped) }},
	{"queue", func(m *record.ManagementInfo) int64 { return int64(m.Queue) }},
	{"output", func(m *record.ManagementInfo) int64 { return int64(m.Output) }},
	{"clients", func(m *record.ManagementInfo) int64 { return int64(m.Clients) }},
	{"bufs", func(m *record.ManagementInfo) int64 { return int64(m.Buffers) }},
	{"bytes", func(m *record.ManagementInfo) int64 { return int64(m.Memory) }},
	{"suserlen", func(m *record.ManagementInfo) int64 { return int64(m.SrcLimit) }},
	{"duserlen", func(m *record.ManagementInfo) int64 { return int64(m.DstLimit) }},
}

// management appends a management record in the shape of version 5.
func (p *Printer) management(dst []byte, r *record.Record) []byte {
	m := r.Management()
	o := &p.cfg.Text
	time := func(key string, ns int64) {
		dst = append(dst, `, "`...)
		dst = append(append(dst, key...), `":`...)
		if o.UnixTime {
			dst = o.AppendTime(dst, ns)
			return
		}
		dst = append(o.AppendTime(append(dst, '"'), ns), '"')
	}
	dst = append(dst, `{ "type":"man", "srcid":`...)
	dst = p.named(dst, r, "srcid")
	dst = append(dst, `, "cause":`...)
	dst = p.named(dst, r, "cause")
	time("starttime", m.StartTime)
	time("now", m.Now)
	if m.LocalNet != 0 || m.NetMask != 0 {
		dst = appendDotted(append(dst, `, "localnet":"`...), m.LocalNet)
		dst = appendDotted(append(dst, `", "netmask":"`...), m.NetMask)
		dst = append(dst, '"')
	}
	dst = append(dst, `, "nextMrSequenceNum":`...)
	dst = strconv.AppendUint(dst, uint64(m.NextSeq), 10)
	dst = append(dst, `, "version":"`...)
	dst = strconv.AppendUint(dst, uint64(m.Major), 10)
	dst = strconv.AppendUint(append(dst, '.'), uint64(m.Minor), 10)
	dst = append(dst, '"')
	for _, c := range counters {
		dst = append(append(append(dst, `, "`...), c.key...), `":`...)
		dst = strconv.AppendInt(dst, c.get(m), 10)
	}
	return append(dst, " }"...)
}

// typedManagement appends a management record in the clean form.
func (p *Printer) typedManagement(dst []byte, r *record.Record) []byte {
	m := r.Management()
	dst = append(dst, `{"type":"man","srcid":`...)
	dst = p.named(dst, r, "srcid")
	dst = append(dst, `,"cause":`...)
	dst = p.named(dst, r, "cause")
	dst = appendTypedTime(append(dst, `,"starttime":`...), m.StartTime, &p.cfg.Text)
	dst = appendTypedTime(append(dst, `,"now":`...), m.Now, &p.cfg.Text)
	dst = appendDotted(append(dst, `,"localnet":"`...), m.LocalNet)
	dst = appendDotted(append(dst, `","netmask":"`...), m.NetMask)
	dst = strconv.AppendUint(append(dst, `","nextMrSequenceNum":`...), uint64(m.NextSeq), 10)
	dst = strconv.AppendUint(append(dst, `,"major":`...), uint64(m.Major), 10)
	dst = strconv.AppendUint(append(dst, `,"minor":`...), uint64(m.Minor), 10)
	for _, c := range counters {
		dst = append(append(append(dst, `,"`...), c.key...), `":`...)
		dst = strconv.AppendInt(dst, c.get(m), 10)
	}
	return append(dst, '}')
}

// named appends an attribute as a string.
func (p *Printer) named(dst []byte, r *record.Record, name string) []byte {
	a, ok := record.Lookup(name)
	if !ok {
		return append(dst, `""`...)
	}
	at := len(dst)
	return appendString(a.AppendText(dst, r, &p.cfg.Text), at)
}

func appendDotted(dst []byte, v uint32) []byte {
	for shift := 24; shift >= 0; shift -= 8 {
		dst = strconv.AppendUint(dst, uint64(v>>shift&0xFF), 10)
		if shift > 0 {
			dst = append(dst, '.')
		}
	}
	return dst
}
