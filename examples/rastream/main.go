// Command rastream divides flow records over files. Its options are those of the
// real rastream.
package main

import "github.com/seed-6ae541b3/goargus/examples/internal/divide"

func main() { divide.Program("rastream").Main() }
