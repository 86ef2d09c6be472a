package printer

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/seed-6ae541b3/goargus/record"
)

//go:embed xml_names.txt
var xmlNamesText string

// xmlNames are the names of attributes in the documents of version 3.
var xmlNames = sync.OnceValue(func() map[string]string {
	names := map[string]string{}
	for line := range strings.Lines(xmlNamesText) {
		if words := strings.Fields(line); len(words) == 2 && words[0] != "#" {
			names[words[0]] = words[1]
		}
	}
	return names
})

// xmlTime is the only format of times in the documents.
const xmlTime = "%Y-%m-%dT%H:%M:%S.%f"

// xmlName is the name of an attribute; those that version 3 did not know have
// their title.
func xmlName(a *record.Attribute) string {
	if name := xmlNames()[a.Name]; name != "" {
		return name
	}
	var b strings.Builder
	for _, c := range a.Title {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' && b.Len() > 0 {
			b.WriteRune(c)
		}
	}
	if b.Len() == 0 {
		return "Value"
	}
	return b.String()
}

// xmlElement is the name of the element of a record.
func xmlElement(k record.Kind) string {
	switch k {
	case record.Management:
		return "ArgusManagementRecord"
	case record.NetFlow:
		return "ArgusNetFlowRecord"
	case record.AFlow:
		return "ArgusAFlowRecord"
	case record.Event:
		return "ArgusEventRecord"
	case record.FlowRecord:
		return "ArgusFlowRecord"
	}
	return "ArgusSupplementRecord"
}

// xmlHeader appends what comes before the first record. If that is a management
// record, the header tells what it says of the sensor.
func (p *Printer) xmlHeader(dst []byte, r *record.Record) []byte {
	begin := int64(r.StartTime())
	m := r.Management()
	if r.Kind() == record.Management {
		begin = m.StartTime
	}
	o := p.cfg.Text
	o.Time, _ = record.ParseTimeFormat(xmlTime)
	dst = append(dst, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ArgusDataStream\n"+
		"  xmlns:xsi = \"http://www.w3.org/2001/XMLSchema-instance\"\n"+
		"  xsi:noNamespaceSchemaLocation = \"http://qosient.com/argus/Xml/ArgusRecord.3.0.xsd\"\n  BeginDate = \""...)
	dst = o.AppendTime(dst, begin)
	dst = append(dst, "\"\n  MajorVersion = \""...)
	dst = strconv.AppendInt(dst, int64(r.Version()&record.Version5), 10)
	dst = append(dst, "\" MinorVersion = \"0\" ArgusSourceId = "...)
	at := len(dst)
	a, _ := record.Lookup("sid")
	dst = quoteXML(a.AppendText(dst, r, &o), at)
	dst = appendDotted(append(dst, "  NetAddr = \""...), m.LocalNet)
	dst = appendDotted(append(dst, "\"  NetMask = \""...), m.NetMask)
	return append(dst, "\">\n\n"...)
}

// xmlRow appends a record as an element without content, an attribute a field.
func (p *Printer) xmlRow(dst []byte, r *record.Record) []byte {
	element := xmlElement(r.Kind())
	dst = append(append(dst, " <"...), element...)
	dst = append(dst, ' ')
	cols := p.columns(r)
	for i := range cols {
		c := &cols[i]
		dst = append(append(dst, ' '), c.key...)
		dst = append(dst, " = "...)
		at := len(dst)
		dst = c.text(dst, r, c.opts)
		if !c.attr.KeepBlanks {
			dst = trimRight(dst, at)
		}
		dst = quoteXML(dst, at)
	}
	return append(append(append(dst, "></"...), element...), '>')
}

// quoteXML puts what stands from dst[at] on between quotes.
func quoteXML(dst []byte, at int) []byte {
	text := string(dst[at:])
	dst = append(dst[:at], '"')
	for i, r := range text {
		switch {
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '"':
			dst = append(dst, "&quot;"...)
		case r == '\'':
			dst = append(dst, "&apos;"...)
		case r == '\n' || r == '\r' || r == '\t':
			dst = append(strconv.AppendInt(append(dst, "&#"...), int64(r), 10), ';')
		case r < 0x20, r >= 0x7F && r < 0xA0, r == utf8.RuneError && text[i] != 0xEF, r == 0xFFFE, r == 0xFFFF, isDirection(r):
			dst = append(dst, '.') // XML has no way to hold it
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return append(dst, '"')
}
