//go:build !unix

package cli

import (
	"errors"
	"os"
)

// terminalSize is not known on this system: nothing counts as a terminal.
func terminalSize(*os.File) (int, error) {
	return 0, errors.New("the size of a terminal is not known here")
}
