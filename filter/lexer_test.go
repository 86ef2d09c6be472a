package filter

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// kinds writes the tokens of a text as kind:text.
func kinds(t *testing.T, text string) string {
	t.Helper()
	tokens, err := Lex(text)
	if err != nil {
		return err.(*Error).Token() + "!"
	}
	var parts []string
	for _, token := range tokens[:len(tokens)-1] {
		parts = append(parts, fmt.Sprintf("%s:%s", token.Kind, token.Text))
	}
	return strings.Join(parts, " ")
}

// The longest token wins; of equally long ones the more special.
func TestLex(t *testing.T) {
	tests := map[string]string{
		"80-443":                                "name:80-443",
		"10-5":                                  "name:10-5",
		"192.168.1":                             "name:192.168.1",
		"1.2.3.4.5":                             "name:1.2.3.4.5",
		"1k":                                    "name:1k",
		"1e5":                                   "name:1e5",
		"192.168":                               "decimal number:192.168",
		".5":                                    "decimal number:.5",
		"+1.5":                                  "decimal number:+1.5",
		"0x50":                                  "number:0x50",
		"1.2.3.4":                               "IPv4 address:1.2.3.4",
		"-5":                                    "number:-5",
		"tcp-x":                                 "name:tcp-x",
		"!tcp":                                  "not:not keyword:tcp",
		"Tcp AND udp":                           "keyword:tcp and:and keyword:udp",
		`\tcp`:                                  "name:tcp",
		`"a b" "c"`:                             "string:a b string:c",
		"::1":                                   "IPv6 address:::1",
		"::/0":                                  "IPv6 address::: punctuation:/ number:0",
		"fe80::":                                "IPv6 address:fe80::",
		"::ffff:1.2.3.4":                        "IPv6 address:::ffff:1.2.3.4",
		"1:2:3:4:5:6:7:8":                       "IPv6 address:1:2:3:4:5:6:7:8",
		"0:1:2:3:4:5":                           "Ethernet address:0:1:2:3:4:5",
		"0:1:2:3:4":                             "malformed address:0:1:2:3:4",
		"fe80::1-foo":                           "IPv6 address:fe80::1 punctuation:- name:foo",
		"a:b":                                   "malformed address:a:b",
		"foo.":                                  "name:foo.",
		"foo-":                                  "name:foo punctuation:-",
		"tcp==udp!=x1":                          "keyword:tcp keyword:eq keyword:udp keyword:neq name:x1",
		"1<<2>=3":                               "number:1 punctuation:<< number:2 keyword:gte number:3",
		"{22,80}":                               "punctuation:{ number:22 punctuation:, number:80 punctuation:}",
		`~ "a\"b" "c\"`:                         "punctuation:~ string:a\"b string:c\\",
		"22,80":                                 ",!",
		"tcp\r":                                 "\r!",
		"x":                                     "x!",
		"tcp é":                                 "é!",
		`"abc`:                                  `"abc!`,
		`\ x`:                                   `\!`,
		"2f3e5a70-3b1c-4c5e-9f2a-0123456789ab":  "UUID:2f3e5a70-3b1c-4c5e-9f2a-0123456789ab",
		"2f3e5a70-3b1c-4c5e-9f2a-0123456789abc": "name:2f3e5a70-3b1c-4c5e-9f2a-0123456789abc",
	}
	for text, want := range tests {
		if diff := cmp.Diff(want, kinds(t, text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
	}
}

func TestLimits(t *testing.T) {
	tests := map[string]Code{
		strings.Repeat(" ", MaxLength+1):                                           TooComplex,
		strings.Repeat("(", MaxDepth+1) + "tcp":                                    TooComplex,
		strings.Repeat("not ", MaxDepth+1) + "tcp":                                 TooComplex,
		"sbytes gt " + strings.Repeat("(", MaxDepth+1) + "1":                       TooComplex,
		"sbytes gt " + strings.Repeat("1 + (", 20) + "1" + strings.Repeat(")", 20): TooComplex,
	}
	for text, want := range tests {
		_, err := Compile(text)
		if e, ok := err.(*Error); !ok || e.Code != want {
			t.Errorf("%.30q...: %v, want %s", text, err, want)
		}
	}
	for name, text := range longTexts(MaxLength) {
		if _, err := Compile(text); err != nil && name != "name" {
			t.Errorf("%s: %v", name, err)
		}
	}
	deep := strings.Repeat("(", MaxDepth) + "tcp" + strings.Repeat(")", MaxDepth)
	if _, err := Compile(deep); err != nil {
		t.Errorf("%d parentheses: %v", MaxDepth, err)
	}
}
