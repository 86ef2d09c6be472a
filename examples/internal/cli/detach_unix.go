//go:build unix

package cli

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// detachedEnv marks the process that -d starts.
const detachedEnv = "GOARGUS_DETACHED"

// detach is -d: it starts the program again, in a session of its own and
// without a terminal, and lets this process end. What goes to a file or pipe
// goes there still.
func (c *Client) detach() error {
	if os.Getenv(detachedEnv) != "" {
		return os.Unsetenv(detachedEnv) // this is it
	}
	self, err := os.Executable()
	if err != nil {
		return fmt.Errorf("-d: %w", err)
	}
	again := exec.Command(self, os.Args[1:]...)
	again.Args[0] = os.Args[0]
	again.Env = append(os.Environ(), detachedEnv+"=1")
	again.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	again.Stdin, again.Stdout, again.Stderr = withoutTerminal(os.Stdin), withoutTerminal(os.Stdout), withoutTerminal(os.Stderr)
	if err := again.Start(); err != nil {
		return fmt.Errorf("-d: %w", err)
	}
	c.done = true
	return nil
}

// withoutTerminal is a file, or nil, which is the null device, for a terminal.
func withoutTerminal(f *os.File) *os.File {
	if isTerminal(f) {
		return nil
	}
	return f
}
