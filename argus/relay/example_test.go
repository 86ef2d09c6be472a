package relay_test

import (
	"context"
	"fmt"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/argus/relay"
	"github.com/seed-6ae541b3/goargus/record"
)

// A server and its client in one program.
func Example() {
	server, err := relay.Listen(relay.Config{Address: "127.0.0.1:0"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	start := record.NewManagement(record.Version5, record.Start, record.ManagementInfo{Now: time.Now().UnixNano()})
	if err := server.Write(start); err != nil {
		fmt.Println(err)
		return
	}
	src, err := argus.Open(context.Background(), "argus://"+server.Addr().String())
	if err != nil {
		fmt.Println(err)
		return
	}
	defer src.Close()
	rec, err := src.Next()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(rec.Kind() == record.Management, rec.Cause() == record.Start)
	// Output: true true
}
