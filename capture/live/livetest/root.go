package livetest

import (
	"os"
	"testing"
)

// Root skips a test that only root can make, such as with a device or a file
// system of its own. What else fails is a failure.
func Root(t *testing.T) {
	t.Helper()
	if os.Getuid() != 0 {
		t.Skip("only root can make this test")
	}
}
