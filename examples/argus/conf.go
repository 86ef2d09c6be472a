package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"strings"
)

// readConf reads an argus.conf: NAME=value a line, the value in double quotes
// if wanted; #, ! and blanks start a comment.
func (o *options) readConf(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return usagef("-F: %v", err)
	}
	defer f.Close()
	return o.readLines(name, f)
}

// readLines reads what stands in a configuration file. Errors say where.
func (o *options) readLines(name string, in io.Reader) error {
	o.inFile = true
	defer func() { o.inFile = false }()
	lines := bufio.NewScanner(in)
	for n := 1; lines.Scan(); n++ {
		line, at := lines.Text(), n
		for strings.HasSuffix(line, `\`) && lines.Scan() {
			line = strings.TrimSuffix(line, `\`) + lines.Text()
			n++
		}
		before := len(o.warnings)
		if err := o.readLine(line); err != nil {
			return usagef("%s:%d: %v", name, at, err)
		}
		for i := range o.warnings[before:] {
			o.warnings[before+i] = fmt.Sprintf("%s:%d: %s", name, at, o.warnings[before+i])
		}
	}
	if err := lines.Err(); err != nil {
		return usagef("%s: %v", name, err)
	}
	return nil
}

func (o *options) readLine(line string) error {
	if line == "" || strings.ContainsRune("#! \t", rune(line[0])) {
		return nil
	}
	name, value, ok := strings.Cut(line, "=")
	if !ok {
		return fmt.Errorf("expected NAME=value, found %q", line)
	}
	set, ok := variables[strings.TrimPrefix(name, "ARGUS_")]
	if !ok || !strings.HasPrefix(name, "ARGUS_") {
		return fmt.Errorf("unknown variable %s", name)
	}
	if err := set(o, unquote(value)); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// unquote takes the quotes off a value, or the comment that may follow one
// without quotes. What follows the closing quote stays, without its comment.
func unquote(value string) string {
	value = strings.TrimSpace(value)
	inner, rest, quoted := strings.Cut(strings.TrimPrefix(value, `"`), `"`)
	if !strings.HasPrefix(value, `"`) || !quoted {
		inner, rest = "", value
	}
	rest, _, _ = strings.Cut(rest, " //")
	return strings.TrimSpace(inner + rest)
}
