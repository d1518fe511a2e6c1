//go:build cgo && (linux || darwin) && (amd64 || arm64)

package native

// #include "border.h"
import "C"

import (
	"context"
	"errors"
)

// blocking makes a call that may wait, on the calling goroutine and its thread, within the limit. When the context ends,
// the call's token is triggered, the call returns, and its error is the context's cause.
func blocking(ctx context.Context, within limit, call func(*C.attest_cancel_t) error) error {
	if err := Ended(ctx); err != nil {
		return err
	}
	if err := within.enter(ctx); err != nil {
		return err
	}
	defer within.leave()
	if ctx.Done() == nil {
		return call(nil)
	}

	token, err := newToken()
	if err != nil {
		return err
	}
	triggered := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		C.attest_cancel_trigger(token)
		close(triggered)
	})
	err = call(token)
	if !stop() {
		// The function above runs or ran: it must be done with the token before it is freed.
		<-triggered
	}
	C.attest_cancel_free(token)

	var failure *Failure
	if errors.As(err, &failure) && failure.cancelled && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

func newToken() (*C.attest_cancel_t, error) {
	var (
		token *C.attest_cancel_t
		err   *C.attest_error_t
	)
	status := C.attest_cancel_new(&token, &err)
	return token, failed(status, err)
}
