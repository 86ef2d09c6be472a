package cli

import "github.com/seed-6ae541b3/goargus/zeek"

// setZeek reads -M zeek, zeek=json and zeek=iso: a conn log for output, as TSV,
// as JSON with times in seconds, or as JSON with ISO 8601.
func (c *Client) setZeek(v string) error {
	switch v {
	case "":
		c.Zeek = &zeek.WriterConfig{}
	case "json":
		c.Zeek = &zeek.WriterConfig{Format: zeek.JSON}
	case "iso":
		c.Zeek = &zeek.WriterConfig{Format: zeek.JSON, Times: zeek.ISO8601}
	default:
		return Usagef("-M zeek=%s: want zeek, zeek=json or zeek=iso", v)
	}
	return nil
}
