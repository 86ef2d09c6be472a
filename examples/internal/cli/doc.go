// Package cli is what the example programs share: the common options of the
// Argus clients, their configuration files, and inputs and outputs made of
// them.
//
// A program is a [Program] value: its name and help, the options that it has of
// its own, and a function that does the work with a [Client].
package cli
