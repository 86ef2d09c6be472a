package record

import "bytes"

// Label is text that programs attach (DSR 0x66): object=value[,value] joined by
// colons.
//
//	byte 1  0x01 service, 0x04 process; 0 from labelers
//	byte 3  1 word and the text
//	4       text, zero padded to a word, at most 1016 bytes
type Label struct {
	Text []byte // aliases the record

	subtype, qualifier uint8
	words              uint8 // as read, 0 if set
}

// MaxLabel is the most bytes that a label can have.
const MaxLabel = 1016

func (l *Label) flip() {}

func (l *Label) decode(b []byte, _ Version) bool {
	*l = Label{subtype: b[1], qualifier: b[2], words: uint8(len(b) / 4)}
	l.Text = b[4:]
	if i := bytes.IndexByte(l.Text, 0); i >= 0 {
		l.Text = l.Text[:i]
	}
	return true
}

// AppendLabel appends the DSR of l, and nothing if l has no text. Text above
// MaxLabel is cut.
func AppendLabel(dst []byte, l *Label) []byte {
	if len(l.Text) == 0 && l.words == 0 {
		return dst
	}
	at := len(dst)
	dst = append(dst, DSRLabel.Type(), l.subtype, l.qualifier, 0)
	dst = append(dst, l.Text[:min(len(l.Text), MaxLabel)]...)
	for len(dst) < at+4*int(l.words) {
		dst = append(dst, 0)
	}
	return closeDSR(dst, at)
}
