package main

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// outcome is what becomes of a variable that asks for something else than what
// is done anyway.
type outcome int

const (
	works  outcome = iota // options change
	warns                 // it is told that nothing comes of it
	denied                // it is an error
)

// Every variable of argus.conf works, or is refused, or it is told that it has no
// effect: none is passed over in silence.
func TestNoVariableIsIgnored(t *testing.T) {
	users := filepath.Join(t.TempDir(), "users")
	if err := os.WriteFile(users, []byte("tim:x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	rows := map[string]struct {
		value string
		want  outcome
	}{
		"MONITOR_ID": {"192.0.2.1", works}, "MONITOR_ID_INCLUDE_INF": {"no", warns},
		"DAEMON": {"yes", warns}, "SET_PID": {"yes", warns}, "PID_PATH": {"/run", warns},
		"ACCESS_PORT": {"561", works}, "BIND_IP": {"127.0.0.1", works},
		"INTERFACE": {"eth0", works}, "INTERFACE_SCAN_INTERVAL": {"5", warns}, "GO_PROMISCUOUS": {"yes", works},
		"OUTPUT_FILE": {"flows.arg", works}, "OUTPUT_STREAM": {"flows.arg", works},
		"FLOW_STATUS_INTERVAL": {"9", works}, "MAR_STATUS_INTERVAL": {"9", works}, "MAR_INTERFACE_INTERVAL": {"9", warns},
		"IP_TIMEOUT": {"9", works}, "TCP_TIMEOUT": {"9", works}, "ICMP_TIMEOUT": {"9", works}, "ARP_TIMEOUT": {"9", works},
		"IGMP_TIMEOUT": {"9", works}, "FRAG_TIMEOUT": {"9", works}, "OTHER_TIMEOUT": {"9", works}, "TCP_FALLOW_TIMEOUT": {"9", works},
		"CAPTURE_DATA_LEN": {"9", works}, "CAPTURE_FULL_CONTROL_DATA": {"yes", works}, "CONTROLPLANE_PROTO": {"tcp:179", works},
		"ENCAPS_CAPTURE": {"yes", works}, "GENERATE_START_RECORDS": {"yes", works}, "GENERATE_RESPONSE_TIME_DATA": {"no", warns},
		"GENERATE_JITTER_DATA": {"yes", works}, "JITTER_HISTOGRAM": {"yes", warns}, "GENERATE_MAC_DATA": {"yes", works},
		"GENERATE_APPBYTE_METRIC": {"yes", works}, "GENERATE_TCP_PERF_METRIC": {"no", warns},
		"GENERATE_BIDIRECTIONAL_TIMESTAMPS": {"yes", works}, "GENERATE_PACKET_SIZE": {"yes", works}, "PACKET_SIZE_HISTOGRAM": {"yes", works},
		"GENERATE_HASH_METRICS": {"yes", works}, "HASHTABLE_SIZE": {"9", warns},
		"KEYSTROKE": {"yes", works}, "KEYSTROKE_CONF": {"DC_MIN=40", works},
		"TUNNEL_DISCOVERY": {"yes", works}, "TUNNEL_PARSING": {"no", works}, "TUNNEL_INFORMATION": {"yes", warns},
		"TRACK_DUPLICATES": {"yes", works}, "DEDUP": {"yes", works}, "SELF_SYNCHRONIZE": {"yes", warns}, "OS_FINGERPRINTING": {"yes", warns},
		"FLOW_TYPE": {"Unidirectional", works}, "FLOW_KEY": {"VLAN", works},
		"FILTER": {"tcp", works}, "FILTER_OPTIMIZER": {"no", warns},
		"PACKET_CAPTURE_FILE": {"copy.pcapng", works}, "PACKET_CAPTURE_ON_ERROR": {"yes", works}, "PACKET_CAPTURE_ON_PROTO": {"l2tp", denied},
		"PCAP_BUF_SIZE": {"16M", works}, "PCAP_DISPATCH_NUM": {"9", warns}, "TIMESTAMP_TYPE": {"adapter", warns},
		"MIN_SSF": {"40", works}, "MAX_SSF": {"128", warns}, "EVENT_DATA": {"prog:/bin/df:20s", works},
		"CHROOT_DIR": {"/srv", denied}, "SETUSER_ID": {"nobody", works}, "SETGROUP_ID": {"nogroup", works}, "ENV": {"PATH=/bin", denied},
		"DEBUG_LEVEL": {"2", warns}, "LOG_DISPLAY_PRIORITY": {"2", warns}, "COLLECTOR": {"yes", warns},

		"TABLE_LIMIT": {"9", works}, "WORKERS": {"9", works}, "RINGS": {"9", works}, "SNAP_LEN": {"99", works},
		"QUEUE_SIZE": {"1M", works}, "HTTP": {"127.0.0.1:9410", works}, "LOG_FORMAT": {"json", works},
		"USERS": {users, works}, "MECHANISMS": {"PLAIN", works},
	}
	for name, row := range rows {
		t.Run(name, func(t *testing.T) {
			before, err := parseWith([]string{"-X"}, "")
			if err != nil {
				t.Fatal(err)
			}
			after, err := readConf(t, "ARGUS_"+name+"="+row.value+"\n")
			if usage := (*usageError)(nil); err != nil && (!errors.As(err, &usage) || !strings.Contains(err.Error(), "argus.conf:1: ARGUS_"+name+": ")) {
				t.Errorf("error %v", err)
			}
			got := denied
			if err == nil {
				told := len(after.warnings) > 0
				after.warnings = nil
				switch same := reflect.DeepEqual(before, after); {
				case same && told:
					got = warns
				case same:
					t.Fatal("passed over in silence")
				case told:
					t.Fatal("works, and is said to have no effect")
				default:
					got = works
				}
			}
			if got != row.want {
				t.Errorf("outcome %d, expected %d: %v", got, row.want, err)
			}
		})
	}
	for name := range variables {
		if _, ok := rows[name]; !ok {
			t.Errorf("%s is not tried", name)
		}
	}
	for name := range rows {
		if _, ok := variables[name]; !ok {
			t.Errorf("there is no variable %s", name)
		}
	}
}

// A sensor that is to encrypt what it sends serves no one: it can not.
func TestSecurityLayers(t *testing.T) {
	if _, err := readConf(t, "ARGUS_MIN_SSF=40\nARGUS_ACCESS_PORT=561\n"); err == nil || !strings.Contains(err.Error(), "ARGUS_MIN_SSF=40: there are no security layers") {
		t.Errorf("error %v", err)
	}
	for _, text := range []string{"ARGUS_MIN_SSF=40\n", "ARGUS_MIN_SSF=0\nARGUS_ACCESS_PORT=561\n"} {
		if _, err := readConf(t, text); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}
