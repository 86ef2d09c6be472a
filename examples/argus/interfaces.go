package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/live"
	"github.com/seed-6ae541b3/goargus/record"
)

// group is interfaces whose packets make up flows together, and the id of
// their sensor if it has one of its own.
type group struct {
	interfaces []string
	id         *record.SourceID
}

func (g group) String() string { return strings.Join(g.interfaces, ",") }

// addInterfaces reads the value of -i or ARGUS_INTERFACE:
//
//	eth0           one interface
//	eth0,eth1      interfaces whose flows are those of one wire; "bond:" and
//	               "dup:" in front say the same
//	ind:eth0,eth1  interfaces with flows of their own
//	any, all       all interfaces
//
// each with /id behind it for a source id of its own. Interfaces of the command
// line take the place of those of configuration files.
func (o *options) addInterfaces(value string) error {
	kind, list, ok := strings.Cut(value, ":")
	if !ok || !slices.Contains([]string{"ind", "bond", "dup"}, kind) {
		kind, list = "", value
	}
	items := []string{list}
	if kind == "ind" {
		items = strings.Split(list, ",")
	}
	if !o.inFile && !o.ownGroups {
		o.groups, o.ownGroups = nil, true
	}
	for _, item := range items {
		g, err := parseGroup(item)
		if err != nil {
			return err
		}
		o.groups = append(o.groups, g)
	}
	return nil
}

func parseGroup(text string) (group, error) {
	var g group
	names, id, hasID := strings.Cut(text, "/")
	if hasID {
		parsed, err := sourceID(id)
		if err != nil {
			return g, err
		}
		g.id = &parsed
	}
	for _, inner := range []string{"bond:", "dup:", "[", "]", " "} {
		names = strings.ReplaceAll(names, inner, "")
	}
	for _, name := range strings.Split(names, ",") {
		if name == "" {
			return g, fmt.Errorf("expected the name of an interface, found nothing, in %q", text)
		}
		if name == "all" {
			name = live.Any
		}
		g.interfaces = append(g.interfaces, name)
	}
	return g, nil
}

// liveConfig is how the packets of a group are captured.
func (o *options) liveConfig(g group) live.Config {
	return live.Config{
		Interfaces: g.interfaces, SnapLen: o.liveSnapLen(), Promiscuous: o.promiscuous, Filter: o.filter,
		RingSize: o.ringSize, Rings: o.rings,
	}
}

// liveSnapLen is how much of a packet is captured: what was asked for, or the
// headers and the user data that records are to hold.
func (o *options) liveSnapLen() int {
	switch {
	case o.snapLen > 0:
		return o.snapLen
	case o.sensor.ControlPlane || len(o.sensor.ControlPorts) > 0 || o.sensor.UserData < 0 || o.packets.name != "":
		return capture.MaxPacketSize
	}
	return min(live.DefaultSnapLen+o.sensor.UserData, capture.MaxPacketSize)
}

// capturesLike reports whether packets are captured as other options have it.
func (o *options) capturesLike(other *options) bool {
	if len(o.groups) != len(other.groups) {
		return false
	}
	for i, g := range o.groups {
		a, b := o.liveConfig(g), other.liveConfig(other.groups[i])
		if !slices.Equal(a.Interfaces, b.Interfaces) || a.SnapLen != b.SnapLen || a.Promiscuous != b.Promiscuous ||
			a.Filter != b.Filter || a.RingSize != b.RingSize || a.Rings != b.Rings {
			return false
		}
	}
	return true
}
