//go:build testhooks

package attest_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/attest-dev/go-sdk/internal/native"
)

func init() { liveHandles = native.LiveHandles }

func TestAPanicInTheLibraryIsAnError(t *testing.T) {
	for range 2 {
		var failed *native.Failure
		err := native.Panic()
		if !errors.As(err, &failed) || !strings.Contains(err.Error(), `"kind":"internal"`) {
			t.Fatal(err)
		}
	}
}
