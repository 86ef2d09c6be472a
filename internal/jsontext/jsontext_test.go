package jsontext

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// What is sound is what the standard library takes for JSON.
func TestSkipValueIsTheStandard(t *testing.T) {
	token := rapid.SampledFrom([]string{"{", "}", "[", "]", ",", ":", `"a"`, `"\n"`, `"\u12aB"`, `"\x"`, `"`, "0", "-1.5e+7", "01", "1.", "true", "null", " ", "\t", "nul", "\x01", "é"})
	rapid.Check(t, func(t *rapid.T) {
		text := ""
		for range rapid.IntRange(1, 8).Draw(t, "n") {
			text += token.Draw(t, "token")
		}
		b := []byte(text)
		end, want := SkipValue(b, SkipSpace(b, 0), 0)
		sound := want == "" && SkipSpace(b, end) == len(b)
		if sound != json.Valid(b) {
			t.Fatalf("%q: sound %v (at %d, %s), by the standard library %v", text, sound, end, want, !sound)
		}
	})
}

func TestUnquoteIsTheStandard(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := rapid.String().Draw(t, "text")
		quoted, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := Unquote(quoted, nil); string(got) != want {
			t.Fatalf("%s: %q, want %q", quoted, got, want)
		}
		var back string
		if err := json.Unmarshal(AppendQuoted(nil, []byte(want)), &back); err != nil || back != want {
			t.Fatalf("%q became %q, %v", want, back, err)
		}
	})
}

func TestIsNumber(t *testing.T) {
	for text, want := range map[string]bool{"0": true, "-0.5": true, "1e9": true, "": false, "-": false, "01": false, "1.": false, "nan": false, "0x1": false, "1 ": false, "+1": false} {
		if IsNumber([]byte(text)) != want {
			t.Errorf("%q is a number: %v, want %v", text, !want, want)
		}
	}
}
