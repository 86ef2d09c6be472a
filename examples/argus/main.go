// Command argus makes flow records of packets, from interfaces or captures, and
// writes or prints them. Its options are those of the real argus.
package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/packetfilter"
)

const version = "goargus argus 0.1"

// Exit codes.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err := sense(ctx, args)
	if err == nil {
		return 0
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		fmt.Fprintln(os.Stderr, "argus:", line)
	}
	if usage := (*usageError)(nil); errors.As(err, &usage) {
		return exitUsage
	}
	return exitFailed
}

// sense is the whole program.
func sense(ctx context.Context, args []string) error {
	o, err := parse(args)
	switch {
	case err != nil:
		return err
	case o.help:
		fmt.Print(help)
		return nil
	case o.version:
		fmt.Println(version)
		return nil
	case o.dump:
		return dump(o.filter)
	case o.list:
		return list()
	case len(o.files) == 0:
		return serve(ctx, args, o)
	}
	return fromFiles(ctx, o)
}

// filterPackets applies the packet filter to captures; interfaces have it done by
// the kernel.
func (o *options) filterPackets(src capture.Source) (capture.Source, error) {
	if o.filter == "" {
		return src, nil
	}
	picked, err := packetfilter.Source(src, o.filter)
	if err != nil {
		return nil, usagef("%v", err)
	}
	return picked, nil
}

// dump prints the compiled packet filter, an instruction a line.
func dump(expr string) error {
	p, err := packetfilter.Compile(expr, capture.Ethernet, 0)
	if err != nil {
		return usagef("%v", err)
	}
	for i, in := range p.Instructions() {
		fmt.Printf("(%03d) code 0x%02x jt %d jf %d k 0x%x\n", i, in.Op, in.Jt, in.Jf, in.K)
	}
	return nil
}

// list prints the interfaces of this machine.
func list() error {
	all, err := net.Interfaces()
	for _, i := range all {
		fmt.Printf("%-16s %-17s %v\n", i.Name, i.HardwareAddr, i.Flags)
	}
	return err
}
