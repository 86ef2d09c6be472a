//go:build !unix

package cli

// detach is -d.
func (c *Client) detach() error {
	return Usagef("-d: this system has no way for it: use a service manager")
}
