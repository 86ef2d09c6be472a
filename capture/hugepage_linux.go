package capture

import (
	"os"
	"reflect"

	"golang.org/x/sys/unix"
)

// adviseHuge tells the kernel that memory of a slice is worth huge pages. It is
// a hint: large tables then cost fewer page faults and address look-ups, and a
// kernel that does not follow it changes nothing.
func adviseHuge[T any](s []T) {
	page := uintptr(os.Getpagesize())
	v := reflect.ValueOf(s)
	from := v.Pointer()
	size := uintptr(len(s)) * v.Type().Elem().Size()
	start := (from + page - 1) &^ (page - 1)
	if end := (from + size) &^ (page - 1); end > start {
		unix.Syscall(unix.SYS_MADVISE, start, end-start, unix.MADV_HUGEPAGE)
	}
}
