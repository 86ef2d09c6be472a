//go:build !linux

package live

import "github.com/seed-6ae541b3/goargus/capture"

// Source is a capture from interfaces. There is none on this system.
type Source struct{}

// Open fails with ErrUnsupported.
func Open(Config) (*Source, error) { return nil, ErrUnsupported }

// DefaultInterface fails with ErrUnsupported.
func DefaultInterface() (string, error) { return "", ErrUnsupported }

// ReadPackets fails with ErrUnsupported.
func (*Source) ReadPackets([]capture.Packet) (int, error) { return 0, ErrUnsupported }

// Interfaces is empty.
func (*Source) Interfaces() []capture.Interface { return nil }

// Stats is empty.
func (*Source) Stats() []Stats { return nil }

// Dropped is 0.
func (*Source) Dropped() uint64 { return 0 }

// Stop does nothing.
func (*Source) Stop() {}

// Close does nothing.
func (*Source) Close() error { return nil }
