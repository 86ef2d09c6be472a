package record

import (
	"errors"
	"fmt"
	"iter"
	"strings"
	"sync"
)

// Registry is a table of attributes, found by name. [Attributes] is the
// built-in one, which cannot be changed; a copy of it, made by Clone, can be
// extended by Add. A registry that nobody extends may be used by any number of
// goroutines. The zero value is an empty one.
type Registry struct {
	rows   []*Attribute
	byName map[string]*Attribute
	fixed  bool
}

// Attributes returns the built-in registry.
func Attributes() *Registry { return builtin() }

// Lookup finds a built-in attribute by its name or an alias.
func Lookup(name string) (*Attribute, bool) { return builtin().Lookup(name) }

// builtin is made at its first use, so that programs that ask for no attribute
// by name do not pay for the table.
var builtin = sync.OnceValue(func() *Registry {
	g := &Registry{byName: make(map[string]*Attribute, 320)}
	for _, rows := range [][]Attribute{
		timeRows(), trafficRows(), flowRows(), networkRows(), ipRows(), timingRows(), sizeRows(),
		linkRows(), lossRows(), aggregateRows(), headerRows(), labelRows(), correlationRows(),
	} {
		for _, row := range rows {
			if err := g.Add(row); err != nil {
				panic(err) // a mistake in the table, found by any test
			}
		}
	}
	g.fixed = true
	return g
})

// Lookup finds an attribute by its name or an alias.
func (g *Registry) Lookup(name string) (*Attribute, bool) {
	a, ok := g.byName[name]
	return a, ok
}

// All yields the attributes in the order of the table.
func (g *Registry) All() iter.Seq[*Attribute] {
	return func(yield func(*Attribute) bool) {
		for _, a := range g.rows {
			if !yield(a) {
				return
			}
		}
	}
}

// Len is the number of attributes.
func (g *Registry) Len() int { return len(g.rows) }

// Clone returns a copy that Add may extend. The attributes themselves are
// shared: they do not change.
func (g *Registry) Clone() *Registry {
	c := &Registry{rows: append([]*Attribute(nil), g.rows...), byName: make(map[string]*Attribute, len(g.byName))}
	for name, a := range g.byName {
		c.byName[name] = a
	}
	return c
}

// Add puts an attribute into the registry. Its name and aliases must be new
// and made of lower case letters, digits and "_", and it must have a getter.
// An empty Title is the name, a Width of 0 the width of the title.
func (g *Registry) Add(a Attribute) error {
	if g.fixed {
		return errors.New("record: the built-in registry cannot be changed: add to a Clone of it")
	}
	if a.Int == nil && a.Float == nil && a.Text == nil {
		return fmt.Errorf("record: attribute %q has none of Int, Float and Text", a.Name)
	}
	if a.Title == "" {
		a.Title = a.Name
	}
	if a.Width < 1 {
		a.Width = len(a.Title)
	}
	names := append([]string{a.Name}, a.Aliases...)
	for _, name := range names {
		if err := checkName(name); err != nil {
			return err
		}
		if _, taken := g.byName[name]; taken {
			return fmt.Errorf("record: there is an attribute %q already", name)
		}
	}
	if g.byName == nil {
		g.byName = map[string]*Attribute{}
	}
	a.text = a.appender()
	g.rows = append(g.rows, &a)
	for _, name := range names {
		g.byName[name] = &a
	}
	return nil
}

func checkName(name string) error {
	const allowed = "abcdefghijklmnopqrstuvwxyz0123456789_"
	if name == "" || strings.Trim(name, allowed) != "" {
		return fmt.Errorf("record: attribute name %q: want lower case letters, digits and _", name)
	}
	return nil
}

// Suggest returns the names that are nearest to a name that does not exist, for
// error messages: at most three.
func (g *Registry) Suggest(name string) []string {
	var near []string
	for limit := 1; limit <= min(2, len(name)/3) && len(near) == 0; limit++ {
		for _, a := range g.rows {
			if len(near) < 3 && distance(name, a.Name) <= limit {
				near = append(near, a.Name)
			}
		}
	}
	return near
}

// distance is the number of letters to insert, delete or change.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		diagonal := row[0]
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := diagonal
			if a[i-1] != b[j-1] {
				cost++
			}
			diagonal, row[j] = row[j], min(cost, row[j]+1, row[j-1]+1)
		}
	}
	return row[len(b)]
}
