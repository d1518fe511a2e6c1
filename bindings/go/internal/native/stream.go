//go:build cgo && (linux || darwin) && (amd64 || arm64)

package native

// #include "border.h"
import "C"

import (
	"context"
	"runtime"
	"unsafe"
)

// Stream is what comes piece by piece: log lines, or changes of an execution.
type Stream struct {
	handle *handle
	next   func(unsafe.Pointer, *C.attest_cancel_t, *C.attest_buf, **C.attest_error_t) C.attest_status
}

// StreamLogs opens the log of an execution. filter is JSON.
func (c *Client) StreamLogs(id string, filter []byte) (*Stream, error) {
	client, err := c.handle.enter()
	if err != nil {
		return nil, err
	}
	var (
		made    *C.attest_log_stream_t
		failure *C.attest_error_t
	)
	status := C.attest_execution_stream_logs((*C.attest_client_t)(client), lendText(id), lend(filter), &made, &failure)
	c.handle.leave()
	runtime.KeepAlive(c)
	if err := failed(status, failure); err != nil {
		return nil, err
	}
	stream := &Stream{next: func(stream unsafe.Pointer, token *C.attest_cancel_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_log_stream_next((*C.attest_log_stream_t)(stream), token, out, err)
	}}
	stream.handle = own(stream, "log stream", unsafe.Pointer(made), func(pointer unsafe.Pointer) {
		C.attest_log_stream_free((*C.attest_log_stream_t)(pointer))
	})
	return stream, nil
}

// StreamEvents opens the changes of an execution, from the status that is known.
func (c *Client) StreamEvents(id, known string) (*Stream, error) {
	client, err := c.handle.enter()
	if err != nil {
		return nil, err
	}
	var (
		made    *C.attest_event_stream_t
		failure *C.attest_error_t
	)
	status := C.attest_execution_events((*C.attest_client_t)(client), lendText(id), lendText(known), &made, &failure)
	c.handle.leave()
	runtime.KeepAlive(c)
	if err := failed(status, failure); err != nil {
		return nil, err
	}
	stream := &Stream{next: func(stream unsafe.Pointer, token *C.attest_cancel_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_event_stream_next((*C.attest_event_stream_t)(stream), token, out, err)
	}}
	stream.handle = own(stream, "event stream", unsafe.Pointer(made), func(pointer unsafe.Pointer) {
		C.attest_event_stream_free((*C.attest_event_stream_t)(pointer))
	})
	return stream, nil
}

// Next waits for the next piece, JSON; nil at the end.
func (s *Stream) Next(ctx context.Context) (piece []byte, err error) {
	pointer, err := s.handle.enter()
	if err != nil {
		return nil, err
	}
	err = blocking(ctx, waiting, func(token *C.attest_cancel_t) error {
		piece, err = filled(func(out *C.attest_buf, failure **C.attest_error_t) C.attest_status {
			return s.next(pointer, token, out, failure)
		})
		return err
	})
	s.handle.leave()
	runtime.KeepAlive(s)
	return piece, err
}

// Close frees the stream, also before its end.
func (s *Stream) Close() {
	s.handle.close()
	runtime.KeepAlive(s)
}
