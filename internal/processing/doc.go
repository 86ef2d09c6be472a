// Package processing holds the replay of what the real programs make of records:
// tests alone.
package processing
