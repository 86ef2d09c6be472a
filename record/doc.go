// Package record is the model: one type, [Record], for the flow, management and
// event records of Argus, its data-specific records (DSRs), and the registry of
// every attribute that can be asked of a record.
//
// A Record is lazy. [Record.Load] finds the DSRs of a record in one pass over
// its bytes; a typed accessor ([Record.Flow], [Record.Metrics], [Record.Times],
// ...) decodes its DSR at the first call and returns a pointer into the record.
// Nothing is allocated. A record that no one changed is written back as the
// very bytes that were read.
//
// Accessors cache what they decode, so a read may write: a Record belongs to
// one goroutine at a time. [Record.Resolve] decodes everything, after which
// any number of goroutines may read. A record that a stream yields is valid
// until the next step; who keeps it calls [Record.Clone].
//
// # Attributes
//
// Whatever Argus knows of a record is an [Attribute], found by its name with
// [Lookup]: "sbytes", "tcprtt", "smac". It tells its title, unit, kind and side,
// gets its value as a number ([Attribute.Int64], [Attribute.Float64]), an address
// or bytes, and appends it as text ([Attribute.AppendText]). Printing, filters,
// sorting and keys are all made from this one table. [Attributes] lists it;
// one's own attributes are added to a copy of it: see the example of
// [Registry.Add]. docs/attributes.md is the list with descriptions.
//
// Times are int64 nanoseconds since the epoch whatever the wire says, addresses
// are [Endpoint] values with [net/netip.Addr] at the border.
package record
