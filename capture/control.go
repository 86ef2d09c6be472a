package capture

import (
	"fmt"
	"strconv"
	"strings"

	iana "github.com/seed-6ae541b3/goargus/internal/names"
)

// ParseControlPorts reads a list of services, separated by blanks or commas:
// numbers or names of ports, with "tcp:" or "udp:" in front if only one of the
// protocols is meant.
func ParseControlPorts(list string) ([]ControlPort, error) {
	var ports []ControlPort
	for _, word := range strings.FieldsFunc(list, func(r rune) bool { return r == ' ' || r == ',' }) {
		var proto uint8
		service := word
		if name, rest, ok := strings.Cut(word, ":"); ok {
			switch name {
			case "tcp":
				proto = 6
			case "udp":
				proto = 17
			default:
				return nil, fmt.Errorf("control port %q: expected tcp: or udp: before the service", word)
			}
			service = rest
		}
		if n, err := strconv.ParseUint(service, 10, 16); err == nil {
			ports = append(ports, ControlPort{Proto: proto, Port: uint16(n)})
			continue
		}
		known, ok := iana.Service(service)
		if !ok {
			return nil, fmt.Errorf("control port %q: no number and no known service", word)
		}
		if known.HasTCP && proto != 17 {
			ports = append(ports, ControlPort{Proto: 6, Port: known.TCP})
		}
		if known.HasUDP && proto != 6 {
			ports = append(ports, ControlPort{Proto: 17, Port: known.UDP})
		}
	}
	return ports, nil
}
