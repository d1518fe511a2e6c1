//go:build testhooks && cgo

package native

// #include "border.h"
//
// attest_status attest_test_panic(attest_error_t **err);
// int64_t attest_test_live_handles(void);
import "C"

// Panic has the library panic.
func Panic() error {
	var err *C.attest_error_t
	status := C.attest_test_panic(&err)
	return failed(status, err)
}

// LiveHandles is how many handles of the library live.
func LiveHandles() int { return int(C.attest_test_live_handles()) }
