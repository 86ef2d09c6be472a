package cli

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/argus/printer"
	"github.com/seed-6ae541b3/goargus/examples/internal/getopt"
	"github.com/seed-6ae541b3/goargus/record"
)

// variable sets what one line of a configuration file says.
type variable func(c *Client, value string) error

// isYes is how configuration files say yes.
func isYes(v string) bool { return len(v) >= 3 && strings.EqualFold(v[:3], "yes") }

func yes(set func(c *Client, on bool)) variable {
	return func(c *Client, v string) error { set(c, isYes(v)); return nil }
}

// empty lets a variable be set to nothing, which leaves things as they are.
func empty(set variable) variable {
	return func(c *Client, v string) error {
		if v == "" {
			return nil
		}
		return set(c, v)
	}
}

// without is a variable of the real programs that has no effect in these; it
// says so, unless what it asks for is nothing.
func without(why string) variable {
	return func(c *Client, v string) error {
		if v != "" && v != "0" && !strings.EqualFold(v, "no") {
			c.warn("%s: no effect: %s", c.reading, why)
		}
		return nil
	}
}

const (
	noServers    = "the system and the server choose"
	noTerminal   = "there is no screen to paint"
	noDatabase   = "databases have programs of their own"
	ownProgram   = "it belongs to other programs"
	neverAnyUse  = "it never had any"
	noNameLimits = "names of hosts are printed whole"
)

// variables are those of ra.conf and .rarc.
var variables map[string]variable

func init() { // its functions refer to the table
	variables = map[string]variable{
		"RA_INPUT_FILE":        empty(func(c *Client, v string) error { c.Files = append(c.Files, v); return nil }),
		"RA_CISCONETFLOW_PORT": empty((*Client).listenFor),
		"RA_NO_OUTPUT":         yes(func(c *Client, on bool) { c.Quiet = on }),
		"RA_OUTPUT_FILE":       empty(outputFile),
		"RA_TIMERANGE":         empty(func(c *Client, v string) error { c.timeRange = v; return nil }),
		"RA_RUN_TIME":          empty((*Client).setRunTime),
		"RA_NUMBER":            empty((*Client).setLimit),
		"RA_FILTER":            func(c *Client, v string) error { c.filters = v; return nil },
		"RA_DEBUG_LEVEL":       empty((*Client).setDebug),
		"RA_PRINT_LABELS":      empty((*Client).setTitles),

		"RA_EXCEPTION_OUTPUT_FILE": empty(func(c *Client, v string) error { c.Rejected = v; return nil }),

		"RA_FIELD_DELIMITER":        delimiter,
		"RA_FIELD_QUOTED":           quoted,
		"RA_FIELD_WIDTH":            width,
		"RA_FIELD_SPECIFIER":        empty(func(c *Client, v string) error { c.fields = append(c.fields, v); return nil }),
		"RA_TIME_FORMAT":            empty(timeFormat),
		"RA_TZ":                     empty(func(c *Client, v string) error { c.zone = v; return nil }),
		"RA_USEC_PRECISION":         empty((*Client).setPrecision),
		"RA_PRINT_UNIX_TIME":        yes(func(c *Client, on bool) { c.Print.Text.UnixTime = on }),
		"RA_PRINT_MAN_RECORDS":      yes(func(c *Client, on bool) { c.printed[0] = on }),
		"RA_PRINT_EVENT_RECORDS":    yes(func(c *Client, on bool) { c.printed[1] = on }),
		"RA_PRINT_SUMMARY":          ofNone, // as the real programs
		"RA_PRINT_NAMES":            empty(nameLevel),
		"RA_CIDR_ADDRESS_FORMAT":    empty(maskStyle),
		"RA_ASN_PRINT_FORMAT":       empty(asStyle),
		"RA_PRINT_TCPSTATES":        yes(func(c *Client, on bool) { c.Print.Text.TCPState = chosen(on, record.StateLetters) }),
		"RA_PRINT_TCPFLAGS":         empty(tcpFlags),
		"RA_USERDATA_ENCODE":        empty((*Client).setDataStyle),
		"RA_SRCID_ALIAS":            empty(func(c *Client, v string) error { c.aliases = strings.TrimPrefix(v, "file:"); return nil }),
		"RA_ETHERNET_VENDORS":       empty(func(c *Client, v string) error { c.vendors = v; return nil }),
		"RA_PRINT_ETHERNET_VENDORS": yes(func(c *Client, on bool) { c.Print.Text.VendorMAC = on }),

		"RA_SEPARATE_ADDR_FROM_PORT_WITH_PERIOD": yes(func(c *Client, on bool) { c.Print.NoPeriod = !on }),

		"RA_PORT_DIRECTION":    empty(portDirection),
		"RA_RECORD_CORRECTION": yes(recordCorrection),

		"RA_ARGUS_SERVER":     empty(defaultServer),
		"RA_ARGUS_SERVERPORT": empty(serverPort),
		"RA_USER_AUTH":        empty((*Client).setUser),
		"RA_AUTH_PASS":        func(c *Client, v string) error { c.servers.login.Password = v; return nil },
		"RA_MIN_SSF":          empty(strength(func(s *servers) *int { return &s.minSSF })),
		"RA_MAX_SSF":          empty(strength(func(s *servers) *int { return &s.maxSSF })),
		"RA_CONNECT_TIME":     empty(connectTime),
		"RA_RELIABLE_CONNECT": yes(func(c *Client, on bool) { c.servers.reconnect = on }),

		"RA_SOURCE_PORT": without(noServers), "RA_FILTER_TIMEOUT": without(noServers),
		"RA_TIMEOUT_INTERVAL": without(noServers), "RA_UPDATE_INTERVAL": empty(updateInterval),
		"RA_FLOW_MODEL": without("-f names a file of rules"), "RA_SORT_ALGORITHMS": empty(sortKeys), "RA_GENERATE_BIN_MAR_RECORDS": binRecords,
		"RA_PRINT_LOCALONLY": without(noNameLimits), "RA_PRINT_DOMAINONLY": without(noNameLimits),
		"RA_PRINT_RESPONSE_DATA": without(neverAnyUse),
		"RA_SET_PID":             yes(func(c *Client, on bool) { c.pid.on = on }),
		"RA_PID_PATH":            empty(func(c *Client, v string) error { c.pid.dir = v; return nil }),
		"RA_DELEGATED_IP":        empty(func(c *Client, v string) error { c.delegated = v; return nil }),
		"RA_LOCAL":               empty(func(c *Client, v string) error { c.places = v; return nil }),
		"RA_LOCAL_CORRECT":       yes(localCorrect),
		"RA_LOCAL_DIRECTION":     empty(localDirection),
		"RA_SERVICE_SIGNATURES":  without("services are what ralabel adds to records"), "RA_SERVICES_SIGNATURES": without("services are what ralabel adds to records"),
		"RA_CORRELATE_EVENTS": without(ownProgram), "RA_COLOR_SUPPORT": without(noTerminal), "RA_COLOR_CONFIG": without(noTerminal),
		"RA_TMP_PATH": without(ownProgram), "RA_HASHTABLE_SIZE": without("tables grow as they must"), "RA_STATUS_EVENT": without(ownProgram),
		"RA_DATABASE": without(noDatabase), "RA_DB_USER": without(noDatabase), "RA_DB_PASS": without(noDatabase), "RA_DB_HOST": without(noDatabase),
		"RA_DB_PORT": without(noDatabase), "RA_DB_TABLE": without(noDatabase), "MYSQL_DB_ENGINE": without(noDatabase), "RA_AIS_CACHE": without(noDatabase),
		"ARGUS_ARCHIVE": without(ownProgram), "RAMON_MODE": without(ownProgram), "RATOP_CONTROL_PORT": without(ownProgram),
	}
}

// ofNone is a variable that has no effect in the real programs either.
func ofNone(*Client, string) error { return nil }

// binRecords is RA_GENERATE_BIN_MAR_RECORDS, which the systems' files set: it is
// of no concern to programs without bins.
func binRecords(c *Client, v string) error {
	if c.Program != "rabins" {
		return nil
	}
	return without("bins have no records that begin and end them; -M bman puts management records into bins")(c, v)
}

// sortKeys is RA_SORT_ALGORITHMS.
func sortKeys(c *Client, v string) error {
	c.SortKeys = strings.FieldsFunc(v, func(r rune) bool { return r == ' ' || r == ',' })
	return nil
}

func updateInterval(c *Client, v string) error {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || n < 0.01 || n > 1e6 {
		return fmt.Errorf("%q: want seconds from 0.01 on", v)
	}
	c.update = time.Duration(n * float64(time.Second))
	return nil
}

func chosen(on bool, s record.TCPStateStyle) record.TCPStateStyle {
	if on {
		return s
	}
	return record.StateWord
}

func outputFile(c *Client, v string) error {
	file, filter, _ := strings.Cut(v, " ")
	o := getopt.Option{Name: "w", Values: []string{file}}
	if filter = strings.Trim(filter, ` "`); filter != "" {
		o.Values = append(o.Values, filter)
	}
	return c.addOutput(o)
}

// delimiter is a character, with or without single quotes, or one of the
// escapes of C.
func delimiter(c *Client, v string) error {
	if len(v) >= 2 && v[0] == '\'' && v[len(v)-1] == '\'' {
		v = v[1 : len(v)-1]
	}
	escapes := map[string]rune{`\a`: '\a', `\b`: '\b', `\t`: '\t', `\n`: '\n', `\v`: '\v', `\f`: '\f', `\r`: '\r', `\\`: '\\'}
	if r, ok := escapes[v]; ok {
		c.separate(r)
		return nil
	}
	for _, r := range v {
		c.separate(r)
		break
	}
	return nil
}

func quoted(c *Client, v string) error {
	switch strings.ToLower(v) {
	case "":
	case "double":
		c.Print.Quote = '"'
	case "single":
		c.Print.Quote = '\''
	default:
		return fmt.Errorf("quotes %q: want double or single", v)
	}
	return nil
}

func width(c *Client, v string) error {
	switch strings.ToLower(v) {
	case "", "fixed":
		c.Print.Variable = false
	case "variable":
		c.Print.Variable = true
	default:
		return fmt.Errorf("width %q: want fixed or variable", v)
	}
	return nil
}

func timeFormat(c *Client, v string) error {
	f, err := record.ParseTimeFormat(v)
	c.Print.Text.Time = f
	return err
}

func nameLevel(c *Client, v string) error {
	level, ok := map[string]printer.Names{"all": printer.HostNames, "port": printer.PortNames, "proto": printer.ProtoNames, "none": printer.NoNames}[strings.ToLower(v)]
	if !ok {
		return fmt.Errorf("names %q: want all, port, proto or none", v)
	}
	c.Print.Names = level
	return nil
}

func maskStyle(c *Client, v string) error {
	style, ok := map[string]record.MaskStyle{"no": record.NoMask, "yes": record.MaskNets, "strict": record.MaskAlways}[strings.ToLower(v)]
	if !ok {
		return fmt.Errorf("prefix lengths %q: want no, yes or strict", v)
	}
	c.Print.Text.Mask = style
	return nil
}

func asStyle(c *Client, v string) error {
	style, ok := map[string]record.ASStyle{"asplain": record.ASPlain, "asdot": record.ASDot, "asdot+": record.ASDotPlus}[strings.ToLower(v)]
	if !ok {
		return fmt.Errorf("AS numbers %q: want asplain, asdot or asdot+", v)
	}
	c.Print.Text.AS = style
	return nil
}

func tcpFlags(c *Client, v string) error {
	if strings.EqualFold(v, "no") || strings.EqualFold(v, "none") {
		return nil
	}
	return c.setFlags(strings.ToLower(v[:1]))
}

// portDirection switches the correction of directions by ports on.
func portDirection(c *Client, v string) error {
	o := c.correction()
	o.Evidence, o.UDP = true, true
	for _, word := range strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }) {
		switch word {
		case "services":
			o.Service = isService
		case "wellknown":
			o.WellKnown = true
		case "registered":
			o.Registered = true
		default:
			return fmt.Errorf("ports %q: want services, wellknown, registered", word)
		}
	}
	return nil
}

func recordCorrection(c *Client, on bool) {
	if on {
		c.correction().Evidence = true
		return
	}
	c.Correct = nil
}
