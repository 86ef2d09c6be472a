package record

// Country are the country codes of both sides (DSR 0x64): 2 words, 4 source, 6
// destination, two letters each, zero if unknown.
type Country struct{ Src, Dst [2]byte }

func (c *Country) flip() { c.Src, c.Dst = c.Dst, c.Src }

func (c *Country) decode(b []byte, _ Version) bool {
	if len(b) < 8 {
		return false
	}
	*c = Country{[2]byte(b[4:6]), [2]byte(b[6:8])}
	return true
}

// AppendCountry appends the DSR of c.
func AppendCountry(dst []byte, c *Country) []byte {
	return append(dst, DSRCountry.Type(), 0, 0, 2, c.Src[0], c.Src[1], c.Dst[0], c.Dst[1])
}

func (c *Country) merge(o *Country) {
	c.Src = mergeCode(c.Src, o.Src)
	c.Dst = mergeCode(c.Dst, o.Dst)
}

func mergeCode(a, b [2]byte) [2]byte {
	if a != b {
		return [2]byte{}
	}
	return a
}
