package cli

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// readDefaults reads the configuration files that are read without being named:
// /etc/ra.conf, $ARGUSHOME/ra.conf, then the first .rarc in the directories of
// $ARGUSPATH or, without it, in $HOME or $ARGUSHOME. One that is not there is
// left out.
func (c *Client) readDefaults() error {
	files := []string{"/etc/ra.conf"}
	home := os.Getenv("ARGUSHOME")
	if home != "" {
		files = append(files, filepath.Join(home, "ra.conf"))
	}
	dirs := []string{os.Getenv("HOME"), home}
	if path := os.Getenv("ARGUSPATH"); path != "" {
		dirs = filepath.SplitList(path)
	}
	for _, dir := range dirs {
		rc := filepath.Join(dir, ".rarc")
		if _, err := os.Stat(rc); dir != "" && err == nil {
			files = append(files, rc)
			break
		}
	}
	for _, name := range files {
		if err := c.readConf(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// readConf reads a configuration file: NAME=value a line, with or without
// quotes; lines that start with "#" or "!" are comments, a backslash at the end
// continues a line. Fields (RA_FIELD_SPECIFIER) are set when all of it is read.
func (c *Client) readConf(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return Usagef("-F: %w", err)
	}
	defer f.Close()
	before := c.reading
	defer func() { c.reading = before }()
	lines := bufio.NewScanner(f)
	for n := 1; lines.Scan(); n++ {
		line, at := lines.Text(), n
		for strings.HasSuffix(line, `\`) && lines.Scan() {
			line = strings.TrimSuffix(line, `\`) + lines.Text()
			n++
		}
		c.reading = fmt.Sprintf("%s:%d", name, at)
		if err := c.confLine(line); err != nil {
			return Usagef("%s: %w", c.reading, err)
		}
	}
	if err := lines.Err(); err != nil {
		return Usagef("%s: %w", name, err)
	}
	return nil
}

func (c *Client) confLine(line string) error {
	line = strings.TrimLeft(line, " \t")
	if line == "" || line[0] == '#' || line[0] == '!' {
		return nil
	}
	name, value, ok := strings.Cut(line, "=")
	if !ok {
		word, _, _ := strings.Cut(line, " ") // the rest may be a password
		return fmt.Errorf("want NAME=value, found %.40q", word)
	}
	value = unquote(value)
	name = strings.TrimSpace(name)
	set, ok := variables[name]
	switch {
	case ok:
		if err := set(c, value); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	case strings.HasPrefix(name, "RADIUM_"):
		return fmt.Errorf("%s belongs into the configuration of radium", name)
	}
	c.warn("%s: unknown variable %s", c.reading, name)
	return nil
}

// unquote takes quotes away, or from a value without them a comment.
func unquote(v string) string {
	v = strings.TrimRight(v, " \t\r")
	if len(v) > 0 && v[0] == '"' {
		v = v[1:]
		if i := strings.LastIndexByte(v, '"'); i >= 0 {
			v = v[:i]
		}
		return v
	}
	v, _, _ = strings.Cut(v, " //")
	return strings.TrimRight(v, " \t")
}

// setVariable is -o NAME=value.
func (c *Client) setVariable(text string) error {
	name, value, ok := strings.Cut(text, "=")
	set, known := variables[name]
	if !ok || !known {
		return Usagef("-o %s: want a variable of a configuration file, as NAME=value", name)
	}
	c.reading = "-o " + name
	defer func() { c.reading = "" }()
	if err := set(c, unquote(value)); err != nil {
		return Usagef("-o %s: %w", name, err)
	}
	return nil
}
