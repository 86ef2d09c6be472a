package convert

import (
	"fmt"
	"strings"

	"github.com/seed-6ae541b3/goargus/zeek"
)

// zeekFields are the columns of a conn log by the attribute that a conversion
// file maps them to.
var zeekFields = map[string]zeek.Field{
	"stime": zeek.Time, "saddr": zeek.OrigHost, "sport": zeek.OrigPort, "daddr": zeek.RespHost, "dport": zeek.RespPort,
	"proto": zeek.Proto, "dur": zeek.Duration, "sappbytes": zeek.OrigBytes, "dappbytes": zeek.RespBytes,
	"spkts": zeek.OrigPackets, "dpkts": zeek.RespPackets, "sbytes": zeek.OrigIPBytes, "dbytes": zeek.RespIPBytes,
	"smac": zeek.OrigMAC, "dmac": zeek.RespMAC, "svlan": zeek.VLAN, "sco": zeek.OrigCountry, "dco": zeek.RespCountry,
}

// ZeekReader is the configuration of a reader of conn logs that a conversion
// file for Zeek stands for. Columns with the names of Zeek are what Zeek means by
// them; the map says what others are, where it can: the rest goes to the label.
// The list of fields is for logs without header lines.
func (c Config) ZeekReader() (zeek.ReaderConfig, error) {
	if f := c.TimeFormat; f != "" && f != "%s.%f" && f != "%s" && !strings.HasPrefix(f, "%Y-%m-%dT%H:%M:%S") {
		return zeek.ReaderConfig{}, fmt.Errorf("times of Zeek are seconds (%%s.%%f) or ISO 8601 (%%Y-%%m-%%dT%%H:%%M:%%S.%%fZ), not %s", f)
	}
	cfg := zeek.ReaderConfig{Names: map[string]string{}}
	cfg.Source = c.MonitorID
	for _, m := range c.Map {
		column, _ := columnOf(m.Title)
		if f, ok := zeekFields[column.name]; ok && m.Column != f.String() {
			cfg.Names[m.Column] = f.String()
		}
	}
	if len(c.Fields) == 0 {
		return cfg, nil
	}
	h := zeek.DefaultHeader()
	h.Columns = nil
	for _, name := range c.Fields {
		h.Columns = append(h.Columns, zeek.Column{Name: name, Type: zeek.TypeOf(name)})
	}
	if c.Delimiter != 0 {
		h.Separator = c.Delimiter
	}
	if c.Undefined != "" {
		h.Unset = c.Undefined
	}
	if c.Empty != "" {
		h.Empty = c.Empty
	}
	cfg.Header = &h
	return cfg, nil
}
