// Package convert turns what ra printed back into records: columns separated by
// a delimiter under a line of titles, or JSON objects, one on a line. The
// conversion files of raconvert, which map the columns of other systems to
// attributes, are read by [ParseConfig]; logs of Zeek go to package zeek.
//
// A column is known by its title or by the name of its attribute, in any case.
// Columns may stand in any order. Attributes that follow from others (rates,
// loads, ratios) are passed over, since the record computes them; columns that
// no record could hold are told once, or refused.
package convert
