package filter

import "slices"

// compile turns a condition into instructions. They are made from the last to
// the first, so that whatever is jumped to is known.
func compile(c cond) *Program {
	g := generator{}
	start := g.generate(c, accept, reject)
	// The first test comes first in memory.
	last := int32(len(g.code) - 1)
	turn := func(at int32) int32 {
		if at < 0 {
			return at
		}
		return last - at
	}
	slices.Reverse(g.code)
	for i := range g.code {
		g.code[i].yes, g.code[i].no = turn(g.code[i].yes), turn(g.code[i].no)
	}
	return &Program{code: g.code, start: turn(start)}
}

type generator struct {
	code []instruction
}

// generate makes the instructions for a condition that goes on at yes if it
// holds and at no if not, and returns where they begin.
func (g *generator) generate(c cond, yes, no int32) int32 {
	switch c := c.(type) {
	case constant:
		if c {
			return yes
		}
		return no
	case negation:
		return g.generate(c.x, no, yes)
	case allOf:
		return g.all(c, yes, no)
	case anyOf:
		return g.any(c, yes, no)
	case *group:
		if c.all {
			return g.all(c.members, yes, no)
		}
		return g.any(c.members, yes, no)
	case *test:
		if yes == no {
			return yes
		}
		g.code = append(g.code, instruction{test: *c, yes: yes, no: no})
		return int32(len(g.code) - 1)
	}
	return no
}

func (g *generator) all(members []cond, yes, no int32) int32 {
	at := yes
	for i := len(members) - 1; i >= 0; i-- {
		at = g.generate(members[i], at, no)
	}
	return at
}

func (g *generator) any(members []cond, yes, no int32) int32 {
	at := no
	for i := len(members) - 1; i >= 0; i-- {
		at = g.generate(members[i], yes, at)
	}
	return at
}
