// Package livetest helps to test captures from interfaces: it runs a test in a
// network namespace of its own, where there are only the interfaces that the
// test makes. It is for Linux.
package livetest
