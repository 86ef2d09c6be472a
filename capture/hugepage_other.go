//go:build !linux

package capture

// adviseHuge is a hint to Linux.
func adviseHuge[T any]([]T) {}
