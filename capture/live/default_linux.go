package live

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// DefaultInterface is the name of the interface of the default route: that of
// IPv4 with the lowest metric or, without one, that of IPv6.
func DefaultInterface() (string, error) {
	for _, table := range []struct {
		file  string
		parse func(fields []string) (name string, metric uint64, ok bool)
	}{{"/proc/net/route", route4}, {"/proc/net/ipv6_route", route6}} {
		name, err := lowestMetric(table.file, table.parse)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		if name != "" {
			return name, nil
		}
	}
	return "", fmt.Errorf("%w: there is no default route to choose one by: name one", ErrInterface)
}

func lowestMetric(file string, parse func([]string) (string, uint64, bool)) (string, error) {
	f, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer f.Close()
	var best string
	var least uint64
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		if name, metric, ok := parse(strings.Fields(lines.Text())); ok && (best == "" || metric < least) {
			best, least = name, metric
		}
	}
	return best, lines.Err()
}

const routeUp, routeReject = 0x1, 0x200

// route4 reads a line of /proc/net/route: interface, destination, gateway,
// flags, references, use, metric, mask.
func route4(f []string) (string, uint64, bool) {
	if len(f) < 8 || f[1] != "00000000" || f[7] != "00000000" {
		return "", 0, false
	}
	return route(f[0], f[3], f[6], 10)
}

// route6 reads a line of /proc/net/ipv6_route: destination and its length,
// source and its length, next hop, metric, references, use, flags, interface.
func route6(f []string) (string, uint64, bool) {
	if len(f) < 10 || f[1] != "00" || f[9] == "lo" {
		return "", 0, false
	}
	return route(f[9], f[8], f[5], 16)
}

func route(name, flags, metric string, base int) (string, uint64, bool) {
	bits, err := strconv.ParseUint(flags, 16, 32)
	if err != nil || bits&routeUp == 0 || bits&routeReject != 0 {
		return "", 0, false
	}
	m, err := strconv.ParseUint(metric, base, 64)
	return name, m, err == nil
}
