package record

import "iter"

// Stream is a sequence of records. A record is valid until the next step: who
// keeps it calls Clone. An error ends the stream unless its source says
// otherwise.
type Stream = iter.Seq2[*Record, error]

// Stage turns one stream into another: a filter, an aggregator, a labeler.
type Stage = func(Stream) Stream
