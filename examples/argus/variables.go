package main

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/capture"
)

// variable sets what one line of argus.conf says.
type variable func(o *options, value string) error

func flag(to func(*options) *bool) variable {
	return func(o *options, value string) error {
		*to(o) = isYes(value)
		return nil
	}
}

// isYes is how argus.conf says yes: by its first three letters in any case.
func isYes(value string) bool { return len(value) >= 3 && strings.EqualFold(value[:3], "yes") }

func seconds(to func(*options) *time.Duration) variable {
	return func(o *options, value string) error { return setSeconds(to(o), "value", value) }
}

// timeout is a time for which 0 means the default.
func timeout(to func(*options) *time.Duration) variable {
	return func(o *options, value string) error {
		var n int
		if err := setInt(&n, "value", value, 0, 65534); err != nil {
			return err
		}
		*to(o) = time.Duration(n) * time.Second
		return nil
	}
}

// isOff reports whether a value asks for nothing.
func isOff(value string) bool { return value == "" || value == "0" || strings.EqualFold(value, "no") }

// idle accepts a variable that has no effect, and says so if it asks for
// something.
func idle(why string) variable {
	return func(o *options, value string) error {
		if !isOff(value) {
			o.warn("without effect: %s", why)
		}
		return nil
	}
}

// always accepts a variable for what is done in any case, and says so if it asks
// for anything else.
func always(why string) variable {
	return func(o *options, value string) error {
		if !isYes(value) {
			o.warn("without effect: %s", why)
		}
		return nil
	}
}

func refuse(why string) variable {
	return func(o *options, value string) error {
		if isOff(value) {
			return nil
		}
		return errors.New(why)
	}
}

// variables are those of argus.conf, without the prefix ARGUS_.
var variables = map[string]variable{
	"MONITOR_ID":           (*options).setID,
	"OUTPUT_FILE":          (*options).addOutput,
	"EVENT_DATA":           (*options).addEvent,
	"ACCESS_PORT":          (*options).setPort,
	"BIND_IP":              (*options).setBind,
	"MIN_SSF":              (*options).setMinSSF,
	"MAX_SSF":              (*options).setMaxSSF,
	"OUTPUT_STREAM":        (*options).addOutput,
	"FILTER":               func(o *options, v string) error { o.filter = v; return nil },
	"FLOW_TYPE":            (*options).setFlowType,
	"FLOW_KEY":             (*options).setFlowKey,
	"FLOW_STATUS_INTERVAL": seconds(func(o *options) *time.Duration { return &o.sensor.StatusInterval }),
	"MAR_STATUS_INTERVAL":  seconds(func(o *options) *time.Duration { return &o.sensor.ManagementInterval }),
	"IP_TIMEOUT":           timeout(func(o *options) *time.Duration { return &o.sensor.Timeouts.IP }),
	"TCP_TIMEOUT":          timeout(func(o *options) *time.Duration { return &o.sensor.Timeouts.TCP }),
	"ICMP_TIMEOUT":         timeout(func(o *options) *time.Duration { return &o.sensor.Timeouts.ICMP }),
	"IGMP_TIMEOUT":         timeout(func(o *options) *time.Duration { return &o.sensor.Timeouts.IGMP }),
	"FRAG_TIMEOUT":         timeout(func(o *options) *time.Duration { return &o.sensor.Timeouts.Fragment }),
	"ARP_TIMEOUT":          timeout(func(o *options) *time.Duration { return &o.sensor.Timeouts.ARP }),
	"OTHER_TIMEOUT":        timeout(func(o *options) *time.Duration { return &o.sensor.Timeouts.Other }),
	"TCP_FALLOW_TIMEOUT":   timeout(func(o *options) *time.Duration { return &o.sensor.Timeouts.TCPFallow }),
	"CAPTURE_DATA_LEN":     func(o *options, v string) error { return setInt(&o.sensor.UserData, "value", v, -1, math.MaxUint16) },

	"CAPTURE_FULL_CONTROL_DATA":         flag(func(o *options) *bool { return &o.sensor.ControlPlane }),
	"ENCAPS_CAPTURE":                    flag(func(o *options) *bool { return &o.sensor.CaptureHeaders }),
	"GENERATE_START_RECORDS":            flag(func(o *options) *bool { return &o.sensor.StartRecords }),
	"GENERATE_JITTER_DATA":              flag(func(o *options) *bool { return &o.sensor.Jitter }),
	"GENERATE_MAC_DATA":                 flag(func(o *options) *bool { return &o.sensor.MAC }),
	"GENERATE_APPBYTE_METRIC":           flag(func(o *options) *bool { return &o.sensor.AppBytes }),
	"GENERATE_PACKET_SIZE":              flag(func(o *options) *bool { return &o.sensor.PacketSizes }),
	"PACKET_SIZE_HISTOGRAM":             flag(func(o *options) *bool { return &o.sensor.SizeHistogram }),
	"GENERATE_HASH_METRICS":             flag(func(o *options) *bool { return &o.sensor.FlowHash }),
	"GENERATE_BIDIRECTIONAL_TIMESTAMPS": flag(func(o *options) *bool { return &o.sensor.BidirectionalTimes }),
	"TUNNEL_DISCOVERY":                  flag(func(o *options) *bool { return &o.sensor.TunnelDiscovery }),
	"TRACK_DUPLICATES":                  flag(func(o *options) *bool { return &o.sensor.TrackDuplicates }),
	"KEYSTROKE":                         (*options).setKeystroke,
	"KEYSTROKE_CONF":                    (*options).setKeystrokeLimits,
	"CONTROLPLANE_PROTO":                (*options).setControlPorts,
	"TUNNEL_PARSING":                    func(o *options, v string) error { o.sensor.KeepTunnels = !isYes(v); return nil },

	"INTERFACE":               (*options).addInterfaces,
	"GO_PROMISCUOUS":          flag(func(o *options) *bool { return &o.promiscuous }),
	"PCAP_BUF_SIZE":           func(o *options, v string) error { return setSize(&o.ringSize, v) },
	"PACKET_CAPTURE_FILE":     func(o *options, v string) error { o.packets.name = v; return nil },
	"PACKET_CAPTURE_ON_ERROR": flag(func(o *options) *bool { return &o.packets.lost }),
	"DEDUP":                   flag(func(o *options) *bool { return &o.dedup }),
	"SETUSER_ID":              func(o *options, v string) error { o.user = v; return nil },
	"SETGROUP_ID":             func(o *options, v string) error { o.group = v; return nil },

	// Of this argus alone.
	"USERS":       (*options).setUsers,
	"MECHANISMS":  (*options).setMechanisms,
	"TABLE_LIMIT": func(o *options, v string) error { return setInt(&o.sensor.TableLimit, "value", v, 1, math.MaxInt32-1) },
	"WORKERS":     func(o *options, v string) error { return setInt(&o.sensor.Workers, "value", v, 1, 256) },
	"RINGS":       func(o *options, v string) error { return setInt(&o.rings, "value", v, 1, 64) },
	"SNAP_LEN":    func(o *options, v string) error { return setInt(&o.snapLen, "value", v, 1, capture.MaxPacketSize) },
	"QUEUE_SIZE":  func(o *options, v string) error { return setSize(&o.queueSize, v) },
	"HTTP":        (*options).setHTTP,
	"LOG_FORMAT":  (*options).setLog,

	"MONITOR_ID_INCLUDE_INF":  always("records name their interface, as the system calls it"),
	"DAEMON":                  idle("argus stays in the foreground, for a service manager"),
	"SET_PID":                 idle("a service manager knows the process"),
	"PID_PATH":                idle("a service manager knows the process"),
	"INTERFACE_SCAN_INTERVAL": idle("interfaces that come are noticed at once"),
	"TIMESTAMP_TYPE":          idle("time stamps are those of the kernel"),
	"PCAP_DISPATCH_NUM":       idle("packets are read in blocks"),
	"DEBUG_LEVEL":             idle("there is no debug build"),
	"LOG_DISPLAY_PRIORITY":    idle("there is no log priority"),
	"HASHTABLE_SIZE":          idle("the table grows as needed"),
	"FILTER_OPTIMIZER":        always("the filter compiler has no optimizer to turn off"),

	"GENERATE_RESPONSE_TIME_DATA": always("response times are always there"),
	"GENERATE_TCP_PERF_METRIC":    always("the metrics of TCP are always there"),

	// These have no effect in the real argus either.
	"JITTER_HISTOGRAM":       idle("there is no histogram of inter-packet times"),
	"TUNNEL_INFORMATION":     idle("what there is to say of tunnels is always there"),
	"SELF_SYNCHRONIZE":       idle("there is no such thing"),
	"OS_FINGERPRINTING":      idle("there is no such thing"),
	"MAR_INTERFACE_INTERVAL": idle("there are no records of interfaces"),
	"COLLECTOR":              idle("there is no such thing"),

	"CHROOT_DIR":              refuse("use a service manager's RootDirectory= instead"),
	"ENV":                     refuse("set the environment where argus is started"),
	"PACKET_CAPTURE_ON_PROTO": refuse("use a packet filter with tcpdump instead"),
}

func (o *options) setFlowType(value string) error {
	switch {
	case strings.EqualFold(value, "bidirectional"):
		o.sensor.Unidirectional = false
	case strings.EqualFold(value, "unidirectional"):
		o.sensor.Unidirectional = true
	default:
		return fmt.Errorf("expected Bidirectional or Unidirectional, found %q", value)
	}
	return nil
}

func (o *options) setFlowKey(value string) error {
	var key capture.Key
	classic := false
	for _, part := range strings.FieldsFunc(value, func(r rune) bool { return r == '+' || r == ' ' }) {
		switch part {
		case "CLASSIC_5_TUPLE":
			classic = true
		case "VLAN":
			key |= capture.KeyVLAN
		case "LOCAL_MPLS", "COMPLETE_MPLS":
			key |= capture.KeyMPLS
		case "LAYER_2":
			key |= capture.KeyLayer2
		case "LAYER_2_MATRIX":
			key |= capture.KeyEther
		case "LAYER_3_MATRIX":
			key |= capture.KeyMatrix
		default:
			return fmt.Errorf("expected CLASSIC_5_TUPLE, VLAN, LOCAL_MPLS, COMPLETE_MPLS, LAYER_2, LAYER_2_MATRIX or LAYER_3_MATRIX, found %q", part)
		}
	}
	if classic {
		// The five-tuple is finer than a matrix: only what adds to it counts.
		if key&capture.KeyEther != 0 {
			key |= capture.KeyLayer2
		}
		key &^= capture.KeyEther | capture.KeyMatrix
	}
	o.sensor.Key = key
	return nil
}

func (o *options) setKeystroke(value string) error {
	switch strings.ToLower(value) {
	case "no", "":
		o.sensor.Keystrokes.Mode = capture.KeystrokesOff
	case "yes", "tcp":
		o.sensor.Keystrokes.Mode = capture.KeystrokesTCP
	case "ssh":
		o.sensor.Keystrokes.Mode = capture.KeystrokesSSH
	default:
		return fmt.Errorf("expected yes, no, tcp or ssh, found %q", value)
	}
	return nil
}

// setKeystrokeLimits reads NAME=value pairs, separated by semicolons.
func (o *options) setKeystrokeLimits(value string) error {
	k := &o.sensor.Keystrokes
	whole := map[string]*int{
		"N_MIN": &k.MinPackets, "DC_MIN": &k.ClientMin, "DC_MAX": &k.ClientMax, "GS_MAX": &k.EchoGap,
		"DS_MIN": &k.ServerMin, "DS_MAX": &k.ServerMax, "GPC_MAX": &k.StrokeGap,
	}
	for _, pair := range strings.Split(value, ";") {
		pair = strings.TrimSpace(pair)
		if pair == "" {
			continue
		}
		name, number, _ := strings.Cut(pair, "=")
		name, number = strings.TrimSpace(name), strings.TrimSpace(number)
		var err error
		switch to := whole[name]; {
		case to != nil:
			err = setInt(to, name, number, 1, math.MaxUint16)
		case name == "IC_MIN":
			k.Interval, err = strconv.ParseInt(number, 10, 64)
		case name == "LCS_MAX": // not used by the real argus either
		case name == "ICR_MIN":
			k.RatioMin, err = strconv.ParseFloat(number, 64)
		case name == "ICR_MAX":
			k.RatioMax, err = strconv.ParseFloat(number, 64)
		default:
			err = fmt.Errorf("unknown limit %q", name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// setControlPorts reads services, by number or name, with tcp: or udp: in front
// if only one of them is meant.
func (o *options) setControlPorts(value string) error {
	ports, err := capture.ParseControlPorts(value)
	o.sensor.ControlPorts = ports
	return err
}

func (o *options) setLog(value string) error {
	switch value {
	case "text", "json":
		o.jsonLog = value == "json"
		return nil
	}
	return fmt.Errorf("expected text or json, found %q", value)
}
