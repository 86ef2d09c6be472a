//go:build !linux

package main

import "os"

// peak is the most memory that a process had, which is known on Linux alone.
func peak(*os.ProcessState) int64 { return 0 }
