// Package printer writes records as text: aligned columns, separated values,
// JSON or XML, one record a line.
//
//	p, err := printer.New(os.Stdout, printer.Config{})
//	for rec, err := range src.Records() {
//		...
//		err = p.Print(rec)
//	}
//	err = p.Close()
//
// What is printed is a list of fields in the grammar of the -s option of the
// programs (see [ParseFields]): names of attributes of a [record.Registry],
// with widths and formats. How, is in [Config].
//
// # Forms
//
// [Text] is columns of fixed width, as ra prints them: values that are too long
// are cut and marked with "*", ports are joined to their addresses by a period.
// [Separated] is CSV by RFC 4180, or any other separator. [JSON] is one object
// a line in the shape that version 5 of the programs prints. [TypedJSON] is for
// programs: see below. [XML] is the document of version 3.
//
// # Typed JSON
//
// One object a line, and in it one member for "type" and one for each field that
// the record has a value for, by the name of the attribute. A field without a
// value is not there.
//
//	number, duration  JSON number: whole, or with a fraction in the unit of the
//	                  attribute (durations in seconds); never NaN or infinite
//	time              string by RFC 3339 with nine digits at most and the zone,
//	                  or with Config.Text.UnixTime a number of seconds
//	port              number; string if names are printed and it has one
//	address, text     string
//	flags             string without blanks at the end
//	bytes             string by base64
//	histogram         array of eight numbers as printed
//	label             object; lists are arrays; a label that is no list of
//	                  object=value is a string
//
// Management records are objects of their own with the members of
// [record.ManagementInfo], whatever the fields are.
//
// # Hostile content
//
// Labels, user data and names can hold anything. Control characters and bytes
// that are no UTF-8 are printed as dots in text and separated values, where a
// line break stays inside quotes, and as escapes in JSON and XML. A line is
// always one record, and nothing reaches a terminal that could control it.
package printer
