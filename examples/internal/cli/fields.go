package cli

import (
	"fmt"
	"io"
	"strings"

	"github.com/seed-6ae541b3/goargus/record"
)

// listFields lists all attributes, a line each.
func listFields(w io.Writer) {
	for a := range record.Attributes().All() {
		name := strings.Join(append([]string{a.Name}, a.Aliases...), ", ")
		unit := a.Unit
		if unit == "" {
			unit = "-"
		}
		fmt.Fprintf(w, "%-14s %-10s %-9s %s\n", name, a.Kind, unit, a.Doc)
	}
}
