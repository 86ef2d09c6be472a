package filter

import (
	"github.com/seed-6ae541b3/goargus/record"
)

// Program is a compiled filter. It never changes, so that any number of
// goroutines may use it at once; the records that they match must be their own.
type Program struct {
	code  []instruction
	start int32
	tree  *Tree // checked

	semantics semantics // for Explain
}

// Ends of a program.
const (
	accept int32 = -1
	reject int32 = -2
)

// instruction is a test, and where to go on when it is true and when not.
type instruction struct {
	test
	yes, no int32
}

// Match reports whether a record passes the filter. It decodes only the DSRs
// that decide, and allocates nothing.
func (p *Program) Match(r *record.Record) bool {
	pc := p.start
	for pc >= 0 {
		in := &p.code[pc]
		if in.match(r) {
			pc = in.yes
		} else {
			pc = in.no
		}
	}
	return pc == accept
}

// String is the canonical text of the filter: lower case, fully parenthesised,
// with names resolved. It compiles to the same program.
func (p *Program) String() string { return p.tree.String() }

// Stage returns a stage that passes on the records that match.
func (p *Program) Stage() record.Stage {
	return func(in record.Stream) record.Stream {
		return func(yield func(*record.Record, error) bool) {
			for r, err := range in {
				if err == nil && !p.Match(r) {
					continue
				}
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

// Compile makes a program of a filter. No name is resolved but those of the
// built-in tables, and no file is read: see [Options]. Errors are of type [*Error].
func Compile(text string) (*Program, error) { return Options{}.Compile(text) }

// MustCompile is Compile for constants: it panics on an error.
func MustCompile(text string) *Program {
	p, err := Compile(text)
	if err != nil {
		panic("filter: " + err.Error())
	}
	return p
}

// Compile makes a program of a filter.
func (o Options) Compile(text string) (*Program, error) {
	t, err := Parse(text)
	if err != nil {
		return nil, err
	}
	return o.CompileTree(t)
}

// CompileTree makes a program of a tree, checking it first if Check has not.
func (o Options) CompileTree(t *Tree) (*Program, error) {
	t, err := o.Check(t)
	if err != nil {
		return nil, err
	}
	s := semantics{registry: o.registry()}
	p := compile(optimise(s.meaning(t.Root)))
	p.tree, p.semantics = t, s
	return p, nil
}
