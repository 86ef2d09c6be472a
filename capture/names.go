package capture

// names are the four-character names that records give to capture interfaces.
type names struct {
	list [][4]byte
}

// name returns the name of an interface; those that were not declared have
// none.
func (n *names) name(i uint16) [4]byte {
	if int(i) < len(n.list) {
		return n.list[i]
	}
	return [4]byte{}
}

// declare adds the names of interfaces that were not known yet.
func (n *names) declare(interfaces []Interface) {
	for len(n.list) < len(interfaces) {
		n.list = append(n.list, n.unused(shortName(interfaces[len(n.list)].Name)))
	}
}

// shortName cuts a name to four characters: leading non-letters and trailing
// characters that are neither letter nor digit go, and of what is longer the
// first and the last three characters stay.
func shortName(s string) (short [4]byte) {
	for len(s) > 0 && !isLetter(s[0]) {
		s = s[1:]
	}
	for len(s) > 0 && !isLetter(s[len(s)-1]) && (s[len(s)-1] < '0' || s[len(s)-1] > '9') {
		s = s[:len(s)-1]
	}
	if len(s) > 4 {
		s = s[:1] + s[len(s)-3:]
	}
	copy(short[:], s)
	return short
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// unused advances the first letter of a name until no other interface has it.
func (n *names) unused(short [4]byte) [4]byte {
	for range 255 {
		taken := false
		for _, other := range n.list {
			taken = taken || other == short
		}
		if !taken || short == [4]byte{} {
			break
		}
		short[0]++
	}
	return short
}
