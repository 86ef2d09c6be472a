package record

import "time"

// Time is a moment in nanoseconds since the epoch. It prints as RFC 3339 in UTC
// and converts to [time.Time].
type Time int64

// Std returns the moment as a [time.Time] in UTC.
func (t Time) Std() time.Time { return time.Unix(0, int64(t)).UTC() }

func (t Time) String() string { return t.Std().Format("2006-01-02T15:04:05.999999999Z07:00") }
