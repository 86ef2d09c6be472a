package fuzz_test

import (
	"bytes"
	"context"
	"flag"
	"math/rand/v2"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/seed-6ae541b3/goargus/argus"
	"github.com/seed-6ae541b3/goargus/fuzz"
	"github.com/seed-6ae541b3/goargus/record"
)

var robust = flag.Int("robust", 5_000, "number of damaged inputs that TestRobust tries")

const (
	longest = time.Second // that reading one input may take
	largest = 16 << 20    // bytes that it may allocate
)

// TestRobust reads damaged streams: none may panic, hang or take much memory.
func TestRobust(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // every source has a buffer of 1 MiB
	good := append(seeds(t, record.Version3), seeds(t, record.Version5)...)
	rng := rand.New(rand.NewPCG(2024, 1))
	var before, after runtime.MemStats
	var records, errs, skipped int64
	for i := range *robust {
		in := fuzz.Mutate(rng, good[rng.IntN(len(good))], good[rng.IntN(len(good))])
		runtime.ReadMemStats(&before)
		took := fastest(func() {
			r, e, n := readDamaged(t, in)
			records, errs, skipped = records+r, errs+e, skipped+n
		})
		runtime.ReadMemStats(&after)
		if took > longest {
			t.Errorf("input %d: %v\n% x", i, took, in)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > largest {
			t.Errorf("input %d of %d bytes: %d bytes allocated", i, len(in), n)
		}
	}
	t.Logf("%d inputs: %d records, %d errors, %d bytes passed over", *robust, records, errs, skipped)
	if records == 0 || errs == 0 || skipped == 0 {
		t.Error("the inputs are not damaged as they should be")
	}
}

// fastest is how long f takes; a machine that is busy gets further chances.
func fastest(f func()) time.Duration {
	best := time.Duration(1<<63 - 1)
	for range 4 {
		started := time.Now()
		f()
		if best = min(best, time.Since(started)); best <= longest {
			break
		}
	}
	return best
}

// readDamaged reads a stream strictly and with resynchronisation, and encodes
// what it finds in every way.
func readDamaged(t *testing.T, in []byte) (records, errs, skipped int64) {
	for _, options := range [][]argus.OpenOption{nil, {argus.Resync}} {
		src := argus.NewSource(context.Background(), bytes.NewReader(in), "damaged", options...)
		for rec, err := range src.Records() {
			if err != nil {
				errs++
				break
			}
			records++
			use(t, rec)
		}
		skipped += src.Stats().Skipped
		if err := src.Close(); err != nil {
			t.Fatal(err)
		}
	}
	reencode(t, in)
	convert(t, in)
	return records, errs, skipped
}
