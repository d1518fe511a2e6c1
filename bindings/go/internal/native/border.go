//go:build cgo && (linux || darwin) && (amd64 || arm64)

package native

// #include "border.h"
import "C"

import (
	"bytes"
	"unsafe"
)

// lend lends bytes to one call. The library only reads them, and only until the call returns.
func lend(data []byte) C.attest_slice {
	return C.attest_slice{data: (*C.uint8_t)(unsafe.SliceData(data)), len: C.size_t(len(data))}
}

// lendText is lend for a string.
func lendText(text string) C.attest_slice {
	return C.attest_slice{data: (*C.uint8_t)(unsafe.StringData(text)), len: C.size_t(len(text))}
}

// take copies what the library made, and frees it. Nil stands for nothing.
func take(made *C.attest_buf) []byte {
	if made.data == nil {
		return nil
	}
	copied := bytes.Clone(unsafe.Slice((*byte)(made.data), int(made.len)))
	C.attest_buf_free(made)
	return copied
}

// failed is the error of a call, which it frees; nil where all went well.
func failed(status C.attest_status, err *C.attest_error_t) error {
	if status == C.ATTEST_STATUS_OK {
		return nil
	}
	text := C.attest_error_json(err)
	failure := &Failure{
		JSON:      bytes.Clone(unsafe.Slice((*byte)(text.data), int(text.len))),
		cancelled: status == C.ATTEST_STATUS_CANCELLED,
	}
	C.attest_error_free(err)
	return failure
}

// filled is the result of a call that fills a buffer.
func filled(call func(*C.attest_buf, **C.attest_error_t) C.attest_status) ([]byte, error) {
	var (
		made C.attest_buf
		err  *C.attest_error_t
	)
	status := call(&made, &err)
	if err := failed(status, err); err != nil {
		return nil, err
	}
	return take(&made), nil
}

// judged is the result of a call that says yes or no.
func judged(call func(*C.bool, **C.attest_error_t) C.attest_status) (bool, error) {
	var (
		valid C.bool
		err   *C.attest_error_t
	)
	status := call(&valid, &err)
	if err := failed(status, err); err != nil {
		return false, err
	}
	return bool(valid), nil
}
