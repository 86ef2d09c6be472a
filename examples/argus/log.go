package main

import (
	"log/slog"
	"os"
)

// newLogger writes messages to standard error.
func newLogger(o *options) *slog.Logger {
	if o.jsonLog {
		return slog.New(slog.NewJSONHandler(os.Stderr, nil))
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}
