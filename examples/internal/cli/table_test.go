package cli

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// outcome is what becomes of an option, mode or variable that asks for something
// else than what is done anyway.
type outcome string

const (
	works   outcome = "works"   // the client is another one
	told    outcome = "told"    // a message says that nothing comes of it, and why
	denied  outcome = "refused" // it is an error
	nothing outcome = "nothing" // as in the real programs, which the documentation says
)

// try parses options and says what came of them.
func try(t *testing.T, base *Client, args []string) (outcome, string) {
	t.Helper()
	c, err := parse(t, args...)
	if err != nil {
		return denied, err.Error()
	}
	warned := fmt.Sprint(c.warned)
	said := len(c.warned) > 0
	c.warned = base.warned
	switch same := state(c) == state(base); {
	case said && same:
		return told, warned
	case said:
		return "works and told", warned
	case same:
		return nothing, ""
	}
	return works, ""
}

// state writes all that a client holds; of functions which they are, not what
// they have closed over.
func state(c *Client) string {
	var b strings.Builder
	write(&b, reflect.ValueOf(c), map[uintptr]bool{})
	return b.String()
}

func write(b *strings.Builder, v reflect.Value, seen map[uintptr]bool) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			b.WriteString("*")
			return
		}
		seen[v.Pointer()] = true
		write(b, v.Elem(), seen)
	case reflect.Interface:
		if !v.IsNil() {
			write(b, v.Elem(), seen)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			fmt.Fprintf(b, "%s:", v.Type().Field(i).Name)
			write(b, v.Field(i), seen)
			b.WriteString(";")
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			write(b, v.Index(i), seen)
			b.WriteString(",")
		}
	case reflect.Map:
		keys := v.MapKeys()
		slices.SortFunc(keys, func(x, y reflect.Value) int { return cmp.Compare(fmt.Sprint(x), fmt.Sprint(y)) })
		for _, k := range keys {
			fmt.Fprintf(b, "%v=", k)
			write(b, v.MapIndex(k), seen)
		}
	case reflect.Func:
		fmt.Fprint(b, v.Pointer()) // of its code
	default:
		fmt.Fprint(b, v)
	}
}

// files are what rows of the tables name.
func tableFiles(t *testing.T) (rc, places, countries, aliases string) {
	t.Helper()
	dir := t.TempDir()
	write := func(name, text string) string {
		name = filepath.Join(dir, name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	return write("rc", "RA_NO_OUTPUT=yes\n"), write("places", "0.0.0.0/0 1\n"), write("countries", "a|US|ipv4|10.0.0.0|256|\n"), write("aliases", "aa bb\n")
}

// TestNoOptionIsIgnored tries every common option and mode of the real programs:
// each works, or is refused with a reason.
func TestNoOptionIsIgnored(t *testing.T) {
	rc, _, _, _ := tableFiles(t)
	base, err := parse(t)
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]bool{}
	for _, row := range []struct {
		args string
		want outcome
	}{
		{"-3", works}, {"-%", works}, {"-a 1", nothing}, {"-A", works}, {"-b", works}, {"-c ,", works}, {"-C :9995", works}, {"-d", works}, {"-D 1", works},
		{"-e x", works}, {"-E file", works}, {"-f", works}, {"-F " + rc, works}, {"-H", works}, {"-L 5", works}, {"-m saddr", works}, {"-n", works},
		{"-N 5", works}, {"-N o2-5", works}, {"-N 2+5", works}, {"-o RA_NO_OUTPUT=yes", works}, {"-O", denied}, {"-p 3", works}, {"-q", works},
		{"-r file", works}, {"-r cisco:file", works}, {"-R .", works}, {"-s saddr", works}, {"-S host", works}, {"-S argus://u:p@host:5", works},
		{"-t 1970/01/01", works}, {"-T 5", works}, {"-u", works}, {"-U user/auth", works}, {"-w file", works}, {"-z", works}, {"-Z b", works},
		{"-M json", works}, {"-M json null", works}, {"-M json empty", works}, {"-M json omit", works}, {"-M json d3", denied}, {"-M xml", works},
		{"-M newick", denied}, {"-M printer=hex", works}, {"-M man", works}, {"-M rmon", works}, {"-M uni", works}, {"-M oui", works}, {"-M disa", works},
		{"-M pzero", works}, {"-M hzero", works}, {"-M eframe=4", denied}, {"-M label=x", works}, {"-M group=x", works}, {"-M dsrs=-suser", works},
		{"-M TZ=EST5", works}, {"-M rtime", works}, {"-M rtime:2", works}, {"-M realtime", works}, {"-M correct", works}, {"-M baseline=x", denied},
		{"-M gen=x", denied}, {"-M sql=x", denied}, {"-M lock", denied}, {"-M saslmech=plain", works}, {"-M poll", works}, {"-M zeek", works}, {"-M strict3", works},
		{"--color=never", works},
	} {
		args := strings.Fields(row.args)
		if got, why := try(t, base, args); got != row.want {
			t.Errorf("%s: %s, want %s: %s", row.args, got, row.want, why)
		}
		tried[strings.TrimLeft(strings.SplitN(args[0], "=", 2)[0], "-")] = true
		if args[0] == "-M" {
			mode, _, _ := cutAny(args[1], "=:")
			tried["-M "+mode] = true
		}
	}
	// What undoes something has something to undo.
	for _, row := range [][]string{{"-M", "man", "noman"}, {"-M", "correct", "nocorrect"}, {"-d", "-d"}, {"-n", "-n", "-n", "-n"}} {
		if got, why := try(t, base, row); got != nothing {
			t.Errorf("%q: %s %s", row, got, why)
		}
	}
	for name := range options {
		if !tried[name] && name != "X" && name != "fields" { // each row begins with -X; a list is no state
			t.Errorf("option %s is not tried", name)
		}
	}
	for name := range modes {
		if !tried["-M "+name] && name != "noman" && name != "nocorrect" {
			t.Errorf("mode %s is not tried", name)
		}
	}
}

// TestNoVariableIsIgnored tries every variable of ra.conf.
func TestNoVariableIsIgnored(t *testing.T) {
	_, places, countries, aliases := tableFiles(t)
	base, err := parse(t, "-s", "sloc", "sco", "smac")
	if err != nil {
		t.Fatal(err)
	}
	rows := map[string]struct {
		value string
		want  outcome
	}{
		"RA_ARGUS_SERVER": {"user:pass@host:5", works}, "RA_ARGUS_SERVERPORT": {"562", works}, "RA_SOURCE_PORT": {"5000", told}, "RA_CISCONETFLOW_PORT": {"9995", works},
		"RA_INPUT_FILE": {"file", works}, "RA_NO_OUTPUT": {"yes", works}, "RA_USER_AUTH": {"user/auth", works}, "RA_AUTH_PASS": {"x", works},
		"RA_MIN_SSF": {"40", works}, "RA_MAX_SSF": {"128", works}, "RA_OUTPUT_FILE": {"file tcp", works}, "RA_EXCEPTION_OUTPUT_FILE": {"file", works},
		"RA_TIMERANGE": {"1970/01/01", works}, "RA_RUN_TIME": {"5", works}, "RA_NUMBER": {"5", works}, "RA_FLOW_MODEL": {"file", told},
		"RA_FIELD_DELIMITER": {"','", works}, "RA_FIELD_QUOTED": {"double", works}, "RA_FIELD_WIDTH": {"variable", works}, "RA_FIELD_SPECIFIER": {"saddr", works},
		"RA_SORT_ALGORITHMS": {"bytes", works}, "RA_TIME_FORMAT": {"%T", works}, "RA_TZ": {"EST5", works}, "RA_USEC_PRECISION": {"3", works},
		"RA_PRINT_UNIX_TIME": {"yes", works}, "RA_PRINT_MAN_RECORDS": {"yes", works}, "RA_PRINT_EVENT_RECORDS": {"yes", works},
		"RA_GENERATE_BIN_MAR_RECORDS": {"yes", nothing}, "RA_PRINT_LABELS": {"5", works}, "RA_PRINT_SUMMARY": {"yes", nothing}, "RA_PRINT_NAMES": {"none", works},
		"RA_PRINT_LOCALONLY": {"yes", told}, "RA_PRINT_DOMAINONLY": {"yes", told}, "RA_CIDR_ADDRESS_FORMAT": {"strict", works}, "RA_ASN_PRINT_FORMAT": {"asdot", works},
		"RA_PRINT_RESPONSE_DATA": {"yes", told}, "RA_PRINT_TCPSTATES": {"yes", works}, "RA_PRINT_TCPFLAGS": {"both", works}, "RA_USERDATA_ENCODE": {"hex", works},
		"RA_FILTER": {"tcp", works}, "RA_FILTER_TIMEOUT": {"5", told}, "RA_DEBUG_LEVEL": {"1", works}, "RA_CONNECT_TIME": {"5", works},
		"RA_RELIABLE_CONNECT": {"yes", works}, "RA_UPDATE_INTERVAL": {"1", works}, "RA_TIMEOUT_INTERVAL": {"5", told}, "RA_SET_PID": {"yes", works}, "RA_PID_PATH": {"/x", works},
		"RA_DELEGATED_IP": {countries, works}, "RA_SRCID_ALIAS": {"file:" + aliases, works}, "RA_PRINT_ETHERNET_VENDORS": {"yes", works},
		"RA_ETHERNET_VENDORS": {aliases, works}, "RA_LOCAL": {places, works}, "RA_LOCAL_CORRECT": {"yes", works}, "RA_LOCAL_DIRECTION": {"force:dst", works},
		"RA_PORT_DIRECTION": {"registered", works}, "RA_RECORD_CORRECTION": {"yes", works}, "RA_SERVICE_SIGNATURES": {"file", told}, "RA_SERVICES_SIGNATURES": {"file", told},
		"RA_CORRELATE_EVENTS": {"yes", told}, "RA_COLOR_SUPPORT": {"yes", told}, "RA_COLOR_CONFIG": {"file", told}, "RA_SEPARATE_ADDR_FROM_PORT_WITH_PERIOD": {"no", works},
		"RA_TMP_PATH": {"/x", told}, "RA_HASHTABLE_SIZE": {"5", told}, "RA_STATUS_EVENT": {"x", told}, "RA_DATABASE": {"x", told}, "RA_DB_USER": {"x", told},
		"RA_DB_PASS": {"x", told}, "RA_DB_HOST": {"x", told}, "RA_DB_PORT": {"5", told}, "RA_DB_TABLE": {"x", told}, "MYSQL_DB_ENGINE": {"x", told}, "RA_AIS_CACHE": {"x", told},
		"ARGUS_ARCHIVE": {"x", told}, "RAMON_MODE": {"x", told}, "RATOP_CONTROL_PORT": {"5", told}, "RADIUM_DAEMON": {"yes", denied}, "RADIUM_ACCESS_PORT": {"5", denied},
	}
	for name, row := range rows {
		args := []string{"-s", "sloc", "sco", "smac", "-o", "RA_LOCAL=" + places, "-o", name + "=" + row.value}
		from := base
		if strings.HasPrefix(name, "RA_LOCAL") {
			if name != "RA_LOCAL" {
				if from, err = parse(t, args[:6]...); err != nil {
					t.Fatal(err)
				}
			}
		} else {
			args = append(args[:4:4], args[6:]...)
		}
		if got, why := try(t, from, args); got != row.want {
			t.Errorf("%s=%s: %s, want %s: %s", name, row.value, got, row.want, why)
		}
	}
	for name := range variables {
		if _, ok := rows[name]; !ok {
			t.Errorf("%s is not tried", name)
		}
	}
	for name, row := range rows {
		if _, ok := variables[name]; !ok && row.want != denied {
			t.Errorf("there is no variable %s", name)
		}
	}
	c := newClient("rabins")
	c.reading = "rc:1"
	if err := variables["RA_GENERATE_BIN_MAR_RECORDS"](c, "yes"); err != nil || len(c.warned) != 1 {
		t.Errorf("rabins: %v, %v", err, c.warned)
	}
}
