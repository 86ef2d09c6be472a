package record

import (
	"fmt"
	"strings"
)

// Markdown returns a table of all attributes of the registry, as docs/attributes.md
// has it.
func (g *Registry) Markdown() string {
	var b strings.Builder
	b.WriteString("| name | title | width | kind | unit | side | from | description |\n|---|---|---|---|---|---|---|---|\n")
	for a := range g.All() {
		names := "`" + strings.Join(append([]string{a.Name}, a.Aliases...), "`, `") + "`"
		fmt.Fprintf(&b, "| %s | %s | %d | %s | %s | %s | %s | %s |\n", names, a.Title, a.Width, a.Kind, a.Unit, a.Side, a.From, a.Doc)
	}
	return b.String()
}

// String is the names of the DSRs in the set, joined by blanks.
func (s DSRSet) String() string {
	var names []string
	for d, keyword := range dsrKeywords {
		if s.Has(DSR(d)) {
			names = append(names, keyword)
		}
	}
	return strings.Join(names, " ")
}
