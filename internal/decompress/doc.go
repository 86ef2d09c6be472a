// Package decompress opens streams that may be compressed, by their content.
package decompress
