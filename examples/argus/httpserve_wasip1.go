package main

import "errors"

// listen fails: there is no network to answer at, and the server would be a
// third of the program.
func (*monitor) listen(string) (stop func(), err error) {
	return nil, errors.New("--http: not on this system")
}
