package live_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"

	"github.com/seed-6ae541b3/goargus/capture"
	"github.com/seed-6ae541b3/goargus/capture/live"
)

// Flows of two interfaces, until the program is interrupted. (The interfaces of
// this example do not exist.)
func Example() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	src, err := live.Open(live.Config{Interfaces: []string{"outside0", "inside0"}, Filter: "not port 22"})
	if errors.Is(err, live.ErrInterface) || errors.Is(err, live.ErrUnsupported) || errors.Is(err, os.ErrPermission) {
		fmt.Println("can not capture here")
		return
	}
	defer src.Close()
	for rec, err := range capture.Flows(ctx, src, capture.Config{}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(rec.StartTime(), rec.Flow().Proto)
	}
	// Output: can not capture here
}
