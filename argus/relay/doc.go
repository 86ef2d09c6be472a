// Package relay serves records to clients over TCP, as a sensor or radium does
// (format, "Network protocol"): ra -S and [argus.Open] with an "argus://" name
// are its clients, and so are those of the real programs.
package relay
