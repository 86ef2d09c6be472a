package main

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/seed-6ae541b3/goargus/argus"
)

// maxUsers bounds a file of users.
const maxUsers = 10000

// setUsers is ARGUS_USERS: clients must authenticate as one of a file. It is
// read at once, as who may read it.
func (o *options) setUsers(name string) error {
	o.users = nil
	if name == "" {
		return nil
	}
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if othersRead(info) {
		return fmt.Errorf("%s: everyone can read the passwords: chmod o-r", name)
	}
	o.users, err = readUsers(name, f)
	return err
}

// readUsers reads lines of user:password; # starts a comment. Errors do not
// quote them.
func readUsers(name string, r io.Reader) (map[string]string, error) {
	users := map[string]string{}
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), "\r")
		if line == "" || line[0] == '#' {
			continue
		}
		user, password, ok := strings.Cut(line, ":")
		_, twice := users[user]
		switch {
		case !ok || user == "" || password == "":
			return nil, fmt.Errorf("%s:%d: expected user:password", name, n)
		case len(user) > 1024 || len(password) > 1024:
			return nil, fmt.Errorf("%s:%d: user or password of more than 1024 bytes", name, n)
		case twice:
			return nil, fmt.Errorf("%s:%d: user %q for the second time", name, n, user)
		case len(users) == maxUsers:
			return nil, fmt.Errorf("%s:%d: more than %d users", name, n, maxUsers)
		}
		users[user] = password
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(users) == 0 {
		return nil, fmt.Errorf("%s: no users: no one could connect", name)
	}
	return users, nil
}

// setMechanisms is ARGUS_MECHANISMS: names with commas between.
func (o *options) setMechanisms(value string) error {
	o.mechanisms = nil
	for _, name := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }) {
		name = strings.ToUpper(name)
		if all := argus.Mechanisms(); !slices.Contains(all, name) {
			return fmt.Errorf("mechanism %q: expected %s", name, strings.Join(all, " or "))
		}
		o.mechanisms = append(o.mechanisms, name)
	}
	return nil
}

// setMinSSF is ARGUS_MIN_SSF, the least strength of a security layer.
func (o *options) setMinSSF(value string) (err error) {
	o.minSSF, err = parseStrength(value)
	return err
}

// setMaxSSF is ARGUS_MAX_SSF. That there are no layers at all is within any
// limit from above; it makes no one authenticate.
func (o *options) setMaxSSF(value string) error {
	n, err := parseStrength(value)
	if err == nil && n > 0 && o.users == nil {
		o.warn("without effect: clients authenticate if ARGUS_USERS, before this, names a file of users")
	}
	return err
}

func parseStrength(value string) (uint64, error) {
	if isOff(value) {
		return 0, nil
	}
	n, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		return 0, fmt.Errorf("expected the strength of a security layer in bits, found %q", value)
	}
	return n, nil
}
