package aggregate

import "golang.org/x/sys/unix"

// huge asks for large pages for memory that is about to be used at random: a
// translation that the processor does not remember costs as much as the access
// itself. Where the system has none nothing changes.
func huge(b []byte) []byte {
	_ = unix.Madvise(b, unix.MADV_HUGEPAGE)
	return b
}
