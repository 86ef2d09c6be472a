//go:build unix

package main

import (
	"fmt"
	"os"
	"os/signal"
	"os/user"
	"strconv"
	"syscall"
)

// serviceSignals are those that ask for the configuration to be read again, and
// for a status line.
func serviceSignals() (hup, usr1 <-chan os.Signal) {
	h, u := make(chan os.Signal, 1), make(chan os.Signal, 1)
	signal.Notify(h, syscall.SIGHUP)
	signal.Notify(u, syscall.SIGUSR1)
	return h, u
}

// othersRead reports whether all users of the system can read a file.
func othersRead(info os.FileInfo) bool { return info.Mode().Perm()&0o004 != 0 }

// dropPrivileges becomes the user and group that were asked for.
func dropPrivileges(o *options) error {
	if o.user == "" && o.group == "" {
		return nil
	}
	uid, gid := os.Getuid(), os.Getgid()
	if o.user != "" {
		u, err := lookupUser(o.user)
		if err != nil {
			return usagef("-u: %v", err)
		}
		uid, gid = number(u.Uid), number(u.Gid)
	}
	if o.group != "" {
		g, err := user.LookupGroup(o.group)
		if err != nil {
			if g, err = user.LookupGroupId(o.group); err != nil {
				return usagef("-g: %v", err)
			}
		}
		gid = number(g.Gid)
	}
	if err := syscall.Setgroups([]int{gid}); err != nil {
		return fmt.Errorf("giving up the groups: %w", err)
	}
	if err := syscall.Setgid(gid); err != nil {
		return fmt.Errorf("becoming group %d: %w", gid, err)
	}
	if err := syscall.Setuid(uid); err != nil {
		return fmt.Errorf("becoming user %d: %w", uid, err)
	}
	return nil
}

func lookupUser(name string) (*user.User, error) {
	u, err := user.Lookup(name)
	if err != nil {
		if byID, e := user.LookupId(name); e == nil {
			return byID, nil
		}
	}
	return u, err
}

func number(id string) int {
	n, err := strconv.Atoi(id)
	if err != nil {
		return -1 // which no system call takes
	}
	return n
}
