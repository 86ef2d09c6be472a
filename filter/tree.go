package filter

// Node is a node of the syntax tree: [*Everything], [*And], [*Or], [*Not],
// [*Word], [*Flag], [*Test], [*Member], [*Compare] or [*Search].
type Node interface {
	// Source is the piece of the text that the node was made from.
	Source() Span
	// AppendText appends the canonical text of the node, fully parenthesised.
	AppendText(dst []byte) []byte
}

// Tree is a filter as a syntax tree, with the text that it was read from.
type Tree struct {
	Text string
	Root Node

	checked bool // Check made it
}

// String returns the canonical text: lower case, fully parenthesised, every
// operand with its head. It parses to a tree that means the same.
func (t *Tree) String() string { return string(t.Root.AppendText(nil)) }

// Everything is the empty filter: every record passes.
type Everything struct{ Span }

// And is true if all of its terms, two at least, are.
type And struct {
	Span
	Terms   []Node
	Grouped bool // in parentheses
}

// Or is true if one of its terms, two at least, is.
type Or struct {
	Span
	Terms   []Node
	Grouped bool // in parentheses
}

// Not is true if its term is not.
type Not struct {
	Span
	X Node
}

// Word is a test that is one word: a protocol, a kind of record, a cause, a
// state, a TCP option, a place; or "ip broadcast", "ether multicast" and the like.
type Word struct {
	Span
	Protocol string // before broadcast and multicast, or ""
	Name     string
	Class    Class
}

// Flag is a test for a flag, on one or both sides: "syn", "src syn", "tcp dst reset".
type Flag struct {
	Span
	Head Head // without a kind
	Name string
}

// Test compares what its head names with an operand: "src host 192.0.2.1", "pkts gt 5".
type Test struct {
	Span
	Head     Head
	Relation Relation
	Explicit bool // the relation was written
	Operand  Value
}

// Member tests whether what its head or attribute names is in a set: "port in {22, 80-90}".
type Member struct {
	Span
	Head      Head
	Attribute *Attribute // instead of the head, or nil
	Set       Set

	resolved []cond // filled in by Check for attributes: the elements
}

// Compare compares two values: "sbytes gt 10 * dbytes", "2 > 1".
type Compare struct {
	Span
	X        Value
	Relation Relation
	Y        Value

	resolved *comparison // filled in by Check
}

// Search matches a regular expression: label ~ "svc=.*".
type Search struct {
	Span
	Attribute *Attribute
	Negated   bool
	Pattern   string
	Operand   Span // the pattern in the text

	resolved *searcher // filled in by Check
}

// Head is what stands before an operand: protocol, direction and kind.
type Head struct {
	Span
	Protocol  string // "" for none
	Direction Direction
	Kind      string // host, port, pkts, ...
	Inherited bool   // taken from the term before
}

// Direction says which side of a flow is meant.
type Direction uint8

// The directions. No direction and Either are the same for nearly every test.
const (
	NoDirection    Direction = iota
	Source                   // src
	Destination              // dst
	Either                   // src or dst
	Both                     // src and dst
	Local                    // lcl
	Remote                   // rmt
	LocalOrRemote            // lcl or rmt
	LocalAndRemote           // lcl and rmt
)

var directionNames = [...]string{"", "src", "dst", "src or dst", "src and dst", "lcl", "rmt", "lcl or rmt", "lcl and rmt"}

// String returns the words of the direction.
func (d Direction) String() string { return directionNames[d] }

// byLocality reports whether the direction asks which side is local.
func (d Direction) byLocality() bool { return d >= Local }

// Relation is how two values are compared.
type Relation uint8

// The relations.
const (
	Equal Relation = iota
	NotEqual
	Less
	LessOrEqual
	Greater
	GreaterOrEqual
)

var relationNames = [...]string{"eq", "neq", "lt", "lte", "gt", "gte"}

// String returns the canonical word of the relation.
func (r Relation) String() string { return relationNames[r] }

func relationOf(word string) Relation {
	for i, name := range relationNames {
		if name == word {
			return Relation(i)
		}
	}
	return Equal
}

// Value is an operand or one side of a comparison: [*Constant], [*Attribute] or [*Binary].
type Value interface {
	Source() Span
	AppendText(dst []byte) []byte
}

// Constant is a number, an address, a name or a string.
type Constant struct {
	Span
	Kind   TokenKind // TokenNumber, TokenFloat, TokenIPv4, ..., TokenName, TokenString
	Text   string    // without quotes and backslash
	Suffix string    // after "/" or "mask"
	Mask   bool      // the suffix is a mask
	At     Span      // the suffix in the text

	resolved resolution // filled in by Check
}

// Attribute is an attribute of the registry: sbytes, tcprtt, label.
type Attribute struct {
	Span
	Name    string
	Escaped bool // written with a backslash
}

// Binary is an arithmetic operation: + - * / & | << >>.
type Binary struct {
	Span
	Operator string
	X, Y     Value
}

// Set is what follows the word in: elements in braces, or a file of networks.
type Set struct {
	Span
	Elements []Range
	File     string // the name of a file instead of elements
	IsFile   bool

	resolved *prefixSet // the contents of the file, filled in by Check
}

// Range is one element of a set: a single value, or the values from First to Last.
type Range struct {
	First, Last *Constant // Last is nil for a single value
}
