package cli

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
)

// servers is what the options say of servers.
type servers struct {
	defaults  []string // RA_ARGUS_SERVER: asked if no other input is named
	logins    map[string]argus.Login
	login     argus.Login // of those that name no user
	port      string
	reconnect bool
	poll      bool
	within    time.Duration
	minSSF    int
	maxSSF    int // no limit is below 0
}

func newServers() servers { return servers{logins: map[string]argus.Login{}, maxSSF: -1} }

// reconnectAfter is how long a server that went away is left alone.
const reconnectAfter = 5 * time.Second

// addServer is -S: records are asked of a server, or flows taken from a port.
func (c *Client) addServer(v string) error {
	name, err := c.servers.add(v)
	if err == nil {
		c.Files = append(c.Files, name)
	}
	return err
}

// defaultServer is RA_ARGUS_SERVER: a server for when nothing else is named.
func defaultServer(c *Client, v string) error {
	name, err := c.servers.add(v)
	if err == nil {
		c.servers.defaults = append(c.servers.defaults, name)
	}
	return err
}

// add notes a server "[scheme://][user[:password]@]host[:port]" and returns the
// name of the input, which has no user in it: names are printed.
func (s *servers) add(v string) (string, error) {
	scheme, address, typed := strings.Cut(v, "://")
	if !typed {
		scheme, address = "argus", v
	}
	at := strings.LastIndexByte(address, '@')
	user, host := address[:max(at, 0)], address[at+1:]
	switch {
	case slices.Contains(flowTypes, scheme) && at < 0:
		return v, nil
	case scheme != "argus" && scheme != "argus-tcp" || at >= 0 && (user == "" || user[0] == ':'):
		return "", Usagef("%s://%s: want [user:password@]host:port, argus://host:port or cisco://host:port", scheme, host)
	case host == "":
		return "", Usagef("%q: want the name of a host", scheme+"://")
	}
	name := "argus://" + host
	if at < 0 {
		return name, nil
	}
	var login argus.Login
	login.User, login.Password, _ = strings.Cut(user, ":")
	if known, ok := s.logins[name]; ok && known != login {
		return "", Usagef("%s: want one user for a server", name)
	}
	s.logins[name] = login
	return name, nil
}

// setUser is -U and RA_USER_AUTH: user, or user/whose rights.
func (c *Client) setUser(v string) error {
	user, as, _ := strings.Cut(v, "/")
	if user == "" {
		return Usagef("user %q: want user or user/authorization", v)
	}
	c.servers.login.User, c.servers.login.As = user, as
	return nil
}

// setMechanism is -M saslmech=.
func (c *Client) setMechanism(v string) error {
	v = strings.ToUpper(strings.Trim(v, `'"`))
	if all := argus.Mechanisms(); !slices.Contains(all, v) {
		return Usagef("-M saslmech=%s: want %s; PLAIN sends the password as it is", v, strings.Join(all, " or "))
	}
	c.servers.login.Mechanism = v
	return nil
}

func serverPort(c *Client, v string) error {
	if n, err := strconv.ParseUint(v, 10, 16); err != nil || n == 0 {
		return fmt.Errorf("%q: want a port from 1 to 65535", v)
	}
	c.servers.port = v
	return nil
}

func connectTime(c *Client, v string) error {
	n, err := strconv.ParseFloat(v, 64)
	if err != nil || n < 0 || n > 1e6 {
		return fmt.Errorf("%q: want seconds", v)
	}
	c.servers.within = time.Duration(n * float64(time.Second))
	return nil
}

// strength is RA_MIN_SSF and RA_MAX_SSF.
func strength(to func(*servers) *int) variable {
	return func(c *Client, v string) error {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 || n > math.MaxUint16 {
			return fmt.Errorf("%q: want the strength of a security layer in bits", v)
		}
		*to(&c.servers) = n
		return nil
	}
}

// checkStrength refuses to ask a server for what no mechanism here has. A limit
// from above holds always: there are no layers at all.
func (s *servers) checkStrength() error {
	switch {
	case s.minSSF > 0:
		return Usagef("RA_MIN_SSF=%d: there are no security layers: let ssh or a tunnel encrypt, and set it to 0", s.minSSF)
	case s.maxSSF >= 0 && s.maxSSF < s.minSSF:
		return Usagef("RA_MAX_SSF=%d is less than RA_MIN_SSF=%d", s.maxSSF, s.minSSF)
	}
	return nil
}

// withPort is the name of a server, with the port of RA_ARGUS_SERVERPORT if it
// has none.
func (s *servers) withPort(name string) string {
	host := strings.TrimPrefix(name, "argus://")
	if _, _, err := net.SplitHostPort(host); err == nil || s.port == "" {
		return name
	}
	full := "argus://" + net.JoinHostPort(strings.Trim(host, "[]"), s.port)
	if login, ok := s.logins[name]; ok {
		s.logins[full] = login
	}
	return full
}

// isServer reports whether an input is a server of records.
func isServer(name string) bool { return strings.HasPrefix(name, "argus://") }

// endless is the address of an input that ends only when its other side or the
// user says so: a server, or a port for exporters.
func endless(name string) (address string, ok bool) {
	if isServer(name) {
		return strings.TrimPrefix(name, "argus://"), true
	}
	return listenAt(name)
}

// arrangeInputs puts servers and ports behind the files: they have no end.
func (c *Client) arrangeInputs() error {
	var files, live []string
	for _, name := range c.Files {
		if isServer(name) {
			name = c.servers.withPort(name)
		}
		switch _, ok := endless(name); {
		case !ok:
			files = append(files, name)
		case slices.Contains(live, name):
			return Usagef("%s is named twice", name)
		default:
			live = append(live, name)
		}
	}
	c.Files = append(files, live...)
	if slices.ContainsFunc(live, isServer) {
		return c.servers.checkStrength()
	}
	return nil
}

// loginOf is the login for a server: its own user, or that of all.
func (s *servers) loginOf(name string) argus.Login {
	login := s.login
	if own, ok := s.logins[name]; ok {
		login.User, login.As = own.User, ""
		if own.Password != "" {
			login.Password = own.Password
		}
	}
	return login
}

// openServer asks a server for the records that pass the filter. One that does
// not understand it is asked for all: the filter is applied here in any case.
func (c *Client) openServer(ctx context.Context, name string, options ...argus.OpenOption) (*argus.Source, error) {
	s := &c.servers
	options = append(slices.Clip(options), argus.Authenticate(s.loginOf(name)), argus.ConnectWithin(s.within))
	if s.poll {
		options = append(options, argus.Poll)
	}
	src, err := argus.Open(ctx, name, append(slices.Clip(options), argus.RemoteFilter(c.remote))...)
	if errors.Is(err, argus.ErrFilter) {
		src, err = argus.Open(ctx, name, options...)
	}
	return src, err
}

// together reports whether inputs must be read by a merger: if there are
// several, or one that is opened again.
func (c *Client) together(live []string) bool {
	return len(live) > 1 || len(live) == 1 && c.servers.reconnect && isServer(live[0])
}

// merge reads servers and ports at once. What fails is told, and ends alone.
func (c *Client) merge(ctx context.Context, names []string, open opener) *argus.Source {
	again := argus.Reconnect(reconnectAfter)
	return argus.Merge(ctx, argus.MergeConfig{
		Open: func(ctx context.Context, name string) (*argus.Source, error) { return open(ctx, name) },
		OnError: func(name string, err error) {
			if !strings.Contains(err.Error(), name) {
				err = fmt.Errorf("%s: %w", name, err)
			}
			fmt.Fprintf(os.Stderr, "%s: %v\n", c.Program, err)
		},
		Again: func(name string, err error) (time.Duration, bool) {
			if !c.servers.reconnect || !isServer(name) {
				return 0, false
			}
			return again(name, err)
		},
	}, names...)
}
