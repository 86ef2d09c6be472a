package livetest_test

import (
	"testing"

	"github.com/seed-6ae541b3/goargus/capture/live/livetest"
)

// A test that captures what another interface sends.
func Example() {
	_ = func(t *testing.T) {
		if !livetest.Namespace(t) {
			return
		}
		livetest.Pair(t, "va", "vb")
		livetest.IP(t, "link set vb mtu 9000")
		// open va, send on vb
	}
}

func TestNamespace(t *testing.T) {
	if !livetest.Namespace(t) {
		return
	}
	livetest.Pair(t, "va", "vb")
	livetest.IP(t, "link show va")
}
