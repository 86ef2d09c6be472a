//go:build !unix

package main

import "os"

// serviceSignals are none on this system.
func serviceSignals() (hup, usr1 <-chan os.Signal) { return nil, nil }

// othersRead is not told by the mode of a file on this system.
func othersRead(os.FileInfo) bool { return false }

func dropPrivileges(o *options) error {
	if o.user != "" || o.group != "" {
		return usagef("-u, -g: users can not be changed on this system")
	}
	return nil
}
