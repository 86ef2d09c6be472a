// Package goargus is the root of a Go SDK for Argus, the network audit system.
//
// Packets become bidirectional flow records, records become answers. The
// layers, from the bottom up:
//
//   - [github.com/seed-6ae541b3/goargus/record] is the model: a lazily decoded
//     record, its data-specific records (DSRs), the attribute registry and the
//     algebra of records.
//   - [github.com/seed-6ae541b3/goargus/codec3] and
//     [github.com/seed-6ae541b3/goargus/codec5] read and write the two versions
//     of the wire format.
//   - [github.com/seed-6ae541b3/goargus/filter] compiles the filter language.
//   - [github.com/seed-6ae541b3/goargus/capture] reads packets and makes records
//     of them: the sensor.
//   - [github.com/seed-6ae541b3/goargus/zeek] turns conn logs of Zeek into records
//     and back.
//   - [github.com/seed-6ae541b3/goargus/argus] is the stream layer that programs
//     are made of: open, create, pipe.
//
// This package holds nothing but this tour.
package goargus
