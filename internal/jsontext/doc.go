// Package jsontext walks over JSON without building values: it finds where tokens
// end, checks that they are sound, and turns strings into bytes and back.
// Strings may hold any bytes: those that are not UTF-8 stand as lone surrogates.
//
// Functions named Skip return the place behind what they pass over or, if it is
// not sound, the place of the fault and what was expected there.
package jsontext
