// Package stream reads and writes streams of records. The codecs and the stream
// layer are made of it; they differ in the versions that they let pass.
package stream
