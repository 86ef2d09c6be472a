package convert

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// SourceKind is the system that text comes from.
type SourceKind uint8

// The systems.
const (
	Argus SourceKind = iota
	NetFlow
	Suricata
	Zeek
	JSON
	None
)

var sourceNames = []string{"argus", "netflow", "suricata", "zeek", "json", "none"}

// Config is a conversion file. The zero value is none: titles are in the text.
type Config struct {
	Source     SourceKind
	MonitorID  record.SourceID // of records that have none
	TimeFormat string          // strftime, with %f for a fraction; empty detects
	Fields     []string        // columns of the text in order; empty takes them from the title line
	Delimiter  byte            // 0 detects
	Empty      string          // mark of a value that is empty
	Undefined  string          // mark of a column without a value; "-" and nothing count always
	Quoted     byte            // quotes around values: double, single, or 0 for double
	Map        []Mapping
}

// Mapping says which attribute a column is.
type Mapping struct {
	Column string
	Title  string // title or name of the attribute
	Type   string // as the file says: time string addr port proto interval count bool int
	Mode   Mode
}

// Mode says what happens when several columns are of one attribute.
type Mode uint8

// The modes.
const (
	Replace Mode = iota // the last one counts
	Append              // values are joined: labels
	Keep                // the first one counts
)

// ParseConfig reads a conversion file: lines NAME=VALUE, of which those after
// RACONVERT_CONVERSION_MAP are the map, COLUMN=TITLE[, TYPE[+|-]]. Blank lines
// and those that begin with # or ! are passed over. An error tells the line.
func ParseConfig(r io.Reader) (Config, error) {
	var c Config
	lines := bufio.NewScanner(r)
	inMap := false
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return c, fmt.Errorf("line %d: expected NAME=VALUE, found %q", n, line)
		}
		err := error(nil)
		switch {
		case name == "RACONVERT_CONVERSION_MAP":
			inMap = true
			if value = strings.TrimSpace(value); value != "" {
				err = fmt.Errorf("expected nothing behind RACONVERT_CONVERSION_MAP=, found %q", value)
			}
		case strings.HasPrefix(name, "RACONVERT_") || strings.HasPrefix(name, "ARGUS_"):
			err = c.set(name, value)
		case inMap:
			err = c.mapping(name, value)
		default:
			err = fmt.Errorf("unknown variable %s", name)
		}
		if err != nil {
			return c, fmt.Errorf("line %d: %w", n, err)
		}
	}
	return c, lines.Err()
}

// set gives a variable its value.
func (c *Config) set(name, value string) error {
	plain := strings.Trim(value, `"`)
	switch name {
	case "RACONVERT_SOURCE":
		i := slices.Index(sourceNames, strings.ToLower(plain))
		if i < 0 {
			return fmt.Errorf("%s: expected one of %s, found %q", name, strings.Join(sourceNames, ", "), plain)
		}
		c.Source = SourceKind(i)
	case "ARGUS_MONITOR_ID":
		id, err := monitorID(value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		c.MonitorID = id
	case "RACONVERT_TIME_FORMAT":
		c.TimeFormat = plain
	case "RACONVERT_FIELD_SPECIFIER":
		c.Fields = append(c.Fields, strings.FieldsFunc(plain, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })...)
	case "RACONVERT_FIELD_DELIMITER":
		d, err := delimiter(value)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		c.Delimiter = d
	case "RACONVERT_FIELD_EMPTY":
		c.Empty = strings.Trim(value, `'"`)
	case "RACONVERT_FIELD_UNDEFINED":
		c.Undefined = strings.Trim(value, `'"`)
	case "RACONVERT_FIELD_QUOTED":
		switch {
		case strings.HasPrefix(plain, "double"):
			c.Quoted = '"'
		case strings.HasPrefix(plain, "single"):
			c.Quoted = '\''
		default:
			return fmt.Errorf("%s: expected double or single, found %q", name, plain)
		}
	default:
		return fmt.Errorf("unknown variable %s", name)
	}
	return nil
}

// monitorID reads a source id. Back quotes stand for the name of the host; text
// is cut to four characters.
func monitorID(value string) (record.SourceID, error) {
	plain := strings.Trim(value, `"`)
	if strings.Trim(plain, "`") == "hostname" && strings.HasPrefix(plain, "`") {
		host, err := os.Hostname()
		if err != nil {
			return record.SourceID{}, err
		}
		return record.ParseSourceID(`"` + host[:min(len(host), 4)] + `"`)
	}
	if value != plain {
		if id, err := record.ParseSourceID(plain); err == nil {
			return id, nil
		}
		return record.ParseSourceID(`"` + plain[:min(len(plain), 4)] + `"`)
	}
	return record.ParseSourceID(plain)
}

// delimiter reads one character in single quotes.
func delimiter(value string) (byte, error) {
	d := strings.TrimSuffix(strings.TrimPrefix(value, "'"), "'")
	if value == "'''" {
		d = "'"
	}
	switch {
	case d == "":
		return 0, nil
	case len(d) == 1:
		return d[0], nil
	case len(d) == 2 && d[0] == '\\':
		if i := strings.IndexByte(`abtnvfr\`, d[1]); i >= 0 {
			return "\a\b\t\n\v\f\r\\"[i], nil
		}
	}
	return 0, fmt.Errorf("expected one character in single quotes, found %s", value)
}

// mapping adds a line of the map.
func (c *Config) mapping(column, value string) error {
	title, kind, _ := strings.Cut(value, ",")
	m := Mapping{Column: strings.TrimSpace(column), Title: strings.TrimSpace(title), Type: strings.TrimSpace(kind)}
	switch {
	case strings.HasSuffix(m.Type, "+"):
		m.Mode = Append
	case strings.HasSuffix(m.Type, "-"):
		m.Mode = Keep
	}
	m.Type = strings.TrimRight(m.Type, "+-")
	if m.Column == "" || m.Title == "" {
		return fmt.Errorf("expected COLUMN=TITLE, found %q", column+"="+value)
	}
	if _, ok := columnOf(m.Title); !ok {
		return fmt.Errorf("%s: no attribute has the title or name %q", m.Column, m.Title)
	}
	c.Map = append(c.Map, m)
	return nil
}
