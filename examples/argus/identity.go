package main

import (
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// machineID is the id of the machine as a UUID: that of machine-id(5) or, where
// there is none, one made from the name of the host.
func machineID() (record.SourceID, error) {
	for _, name := range []string{"/etc/machine-id", "/var/lib/dbus/machine-id", "/etc/hostid"} {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		b, err := hex.DecodeString(strings.ReplaceAll(strings.TrimSpace(string(text)), "-", ""))
		if err == nil && len(b) == 16 {
			return record.SourceID{Kind: record.IDUUID, Bytes: [16]byte(b)}, nil
		}
	}
	host, err := os.Hostname()
	if err != nil {
		return record.SourceID{}, fmt.Errorf("this machine has neither an id nor a name: %w", err)
	}
	sum := sha1.Sum([]byte("argus sensor " + host))
	id := [16]byte(sum[:16])
	id[6], id[8] = id[6]&0x0f|0x50, id[8]&0x3f|0x80 // version 5: made from a name
	return record.SourceID{Kind: record.IDUUID, Bytes: id}, nil
}

// hostAddress is the IPv4 address that the name of the host stands for.
func hostAddress() (record.SourceID, error) {
	host, err := os.Hostname()
	if err != nil {
		return record.SourceID{}, err
	}
	all, err := net.LookupIP(host)
	if err != nil {
		return record.SourceID{}, fmt.Errorf("the address of %s: %w", host, err)
	}
	for _, ip := range all {
		if ip4 := ip.To4(); ip4 != nil {
			return record.ParseSourceID(ip4.String())
		}
	}
	return record.SourceID{}, fmt.Errorf("%s has no IPv4 address", host)
}
