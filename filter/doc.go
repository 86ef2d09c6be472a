// Package filter is the language that selects records: the filter expressions
// of the Argus clients, and the time ranges of their option -t.
//
// A filter is compiled once and runs over any number of records:
//
//	p, err := filter.Compile("tcp and dst port 443 and sbytes gt 10 * dbytes")
//	if p.Match(rec) { ... }
//
// # The language
//
// Tests are joined by "and" and "or", which are equal in precedence and go
// from the left, and negated by "not". A test is a word (tcp, arp, man, est,
// syn), or a head and an operand: "src host 192.0.2.1", "port 80", "pkts gt 5".
// A head says protocol, direction (src, dst, src or dst, src and dst; either
// side without one) and kind. An operand without a head takes over the one
// before: "port 80 or 443", "pkts gt 5 and lt 10".
//
// Relations are eq, neq, lt, lte, gt and gte, or = != < <= > >=. Numbers are
// decimal, hexadecimal (0x50) or octal (0120), counts and rates may end in k, M,
// G or T, times in us, ms, s, m, h or d. A test of what a record does not have
// is false, whatever the relation; "not" of it is true.
//
// Beyond the language of the clients there are
//
//   - every attribute of the registry, and arithmetic over them:
//     "sbytes gt 10 * dbytes", "sloss + dloss gt 10". A word of the language
//     with a backslash is the attribute of that name: "\tcprtt gt 5ms", and
//     "\pkts gt 100" for the packets of both sides together;
//   - sets and ranges: "port in {22, 80-90}", "saddr in {10.0.0.0/8}",
//     "src net in file "nets.txt"";
//   - regular expressions over text: label ~ "svc=dns", user ~ "^GET",
//     state !~ "CON|FIN".
//
// None of these changes the meaning of a filter that had one before.
//
// # The steps
//
// [Lex] makes tokens, [Parse] a tree, [Options.Check] resolves names and finds
// what is wrong with a tree, [Options.Compile] does all that and makes a
// [Program]. [Program.Match] decodes only the DSRs that decide, tests what is
// cheap first, and allocates nothing. [Explain] shows what a program looks at.
//
// Nothing outside the program is asked unless [Options] say so: no host name is
// resolved, no file is read. Errors are of type [*Error]: they say where, show
// the line with a caret, and suggest what may have been meant.
//
// Where the answers differ from those of the C programs, and why, is listed in
// docs/differences.md.
package filter
