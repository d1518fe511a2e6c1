//go:build !race

package attest_test

import (
	"context"
	"errors"
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"github.com/attest-dev/go-sdk/attest"
)

// Memory of the library is not the collector's to count, so the process is asked: later calls take no more than earlier
// ones left. The race detector keeps memory of its own for each, so this is not for it.
func TestNoCallLeavesMemoryBehind(t *testing.T) {
	const bound = 4 << 20
	_, verifier, receipt := offline(t)
	document, err := receipt.ToJSON()
	if err != nil {
		t.Fatal(err)
	}
	held := hold(t)
	client := connectWith(t, &attest.ClientOptions{BaseURL: held.url, APIKey: "k"})

	for name, path := range map[string]struct {
		warm, calls int
		call        func() error
	}{
		"success": {2000, 8000, func() error {
			read, err := attest.ParseReceipt(document)
			if err == nil {
				_, err = verifier.Report(read)
				read.Close()
			}
			return err
		}},
		"error": {2000, 8000, func() error {
			_, err := attest.ParseReceipt([]byte("{"))
			if !errors.Is(err, attest.ErrReceiptFormat) {
				return err
			}
			return nil
		}},
		"cancelled": {500, 2000, func() error {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			done := make(chan error, 1)
			go func() {
				_, err := client.Cache.GetStats(ctx)
				done <- err
			}()
			<-held.arrived
			cancel()
			if err := <-done; !errors.Is(err, context.Canceled) {
				return err
			}
			<-held.closed
			return nil
		}},
	} {
		times := func(count int) int {
			for range count {
				if err := path.call(); err != nil {
					t.Fatal(name, err)
				}
			}
			debug.FreeOSMemory()
			return resident(t)
		}
		before := times(path.warm)
		after := times(path.calls)
		t.Logf("%s: %d KiB more after %d calls", name, (after-before)>>10, path.calls)
		if after-before > bound {
			t.Errorf("%s: %d calls left %d KiB behind", name, path.calls, (after-before)>>10)
		}
	}
}

// resident is the memory of this process, bytes.
func resident(t *testing.T) int {
	t.Helper()
	text, err := os.ReadFile("/proc/self/statm")
	if errors.Is(err, os.ErrNotExist) {
		t.Skip("this system does not tell a process how much memory it has")
	}
	fields := strings.Fields(string(text))
	if err != nil || len(fields) < 2 {
		t.Fatal(string(text), err)
	}
	pages, err := strconv.Atoi(fields[1])
	if err != nil {
		t.Fatal(err)
	}
	return pages * os.Getpagesize()
}
