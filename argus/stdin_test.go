package argus

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

func TestWaitingReadsAll(t *testing.T) {
	want := make([]byte, 3*waitingBuffer+17)
	for i := range want {
		want[i] = byte(rand.Uint32())
	}
	for name, in := range map[string]io.Reader{
		"whole": bytes.NewReader(want), "halves": iotest.HalfReader(bytes.NewReader(want)), "data with the error": iotest.DataErrReader(bytes.NewReader(want)),
	} {
		got, err := io.ReadAll(&waiting{ctx: t.Context(), in: in})
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %d bytes of %d, %v", name, len(got), len(want), err)
		}
	}
}

func TestWaitingEndsWithTheContext(t *testing.T) {
	in, out := io.Pipe()
	defer out.Close()
	ctx, cancel := context.WithCancel(t.Context())
	w := &waiting{ctx: ctx, in: in}
	go out.Write([]byte("some"))
	if n, err := w.Read(make([]byte, 10)); n != 4 || err != nil {
		t.Fatal(n, err)
	}
	done := make(chan error)
	go func() {
		_, err := w.Read(make([]byte, 10))
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}
