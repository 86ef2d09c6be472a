// Command rasplit divides flow records over files. Its options are those of the
// real rasplit.
package main

import "github.com/seed-6ae541b3/goargus/examples/internal/divide"

func main() { divide.Program("rasplit").Main() }
