package main

import (
	"syscall"
	"time"
)

// used is the processor time and the peak memory in bytes of this process.
func used() (cpu time.Duration, peak int64) {
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		return 0, 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano()), int64(use.Maxrss) << 10
}
