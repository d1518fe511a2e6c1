//go:build cgo && (linux || darwin) && (amd64 || arm64)

package native

// #include "border.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Verifier judges receipts.
type Verifier struct{ handle *handle }

// NewVerifier makes a verifier of options, JSON.
func NewVerifier(options []byte) (*Verifier, error) {
	var (
		made *C.attest_verifier_t
		err  *C.attest_error_t
	)
	status := C.attest_verifier_new(lend(options), &made, &err)
	if err := failed(status, err); err != nil {
		return nil, err
	}
	verifier := &Verifier{}
	verifier.handle = own(verifier, "verifier", unsafe.Pointer(made), func(pointer unsafe.Pointer) {
		C.attest_verifier_free((*C.attest_verifier_t)(pointer))
	})
	return verifier, nil
}

// VerifyBytes judges the bytes of a receipt.
func (v *Verifier) VerifyBytes(receipt []byte) (bool, error) {
	pointer, err := v.handle.enter()
	if err != nil {
		return false, err
	}
	valid, err := judged(func(out *C.bool, failure **C.attest_error_t) C.attest_status {
		return C.attest_verifier_verify((*C.attest_verifier_t)(pointer), lend(receipt), out, failure)
	})
	v.handle.leave()
	runtime.KeepAlive(v)
	return valid, err
}

// ReportOnBytes is the verdict on the bytes of a receipt, JSON.
func (v *Verifier) ReportOnBytes(receipt []byte) ([]byte, error) {
	pointer, err := v.handle.enter()
	if err != nil {
		return nil, err
	}
	report, err := filled(func(out *C.attest_buf, failure **C.attest_error_t) C.attest_status {
		return C.attest_verifier_report((*C.attest_verifier_t)(pointer), lend(receipt), out, failure)
	})
	v.handle.leave()
	runtime.KeepAlive(v)
	return report, err
}

// VerifyReceipt judges a receipt that was read.
func (v *Verifier) VerifyReceipt(receipt *Receipt) (valid bool, err error) {
	err = v.with(receipt, func(verifier *C.attest_verifier_t, receipt *C.attest_receipt_t) error {
		valid, err = judged(func(out *C.bool, failure **C.attest_error_t) C.attest_status {
			return C.attest_verifier_verify_receipt(verifier, receipt, out, failure)
		})
		return err
	})
	return valid, err
}

// ReportOnReceipt is the verdict on a receipt that was read, JSON.
func (v *Verifier) ReportOnReceipt(receipt *Receipt) (report []byte, err error) {
	err = v.with(receipt, func(verifier *C.attest_verifier_t, receipt *C.attest_receipt_t) error {
		report, err = filled(func(out *C.attest_buf, failure **C.attest_error_t) C.attest_status {
			return C.attest_verifier_report_receipt(verifier, receipt, out, failure)
		})
		return err
	})
	return report, err
}

// with makes a call with both handles.
func (v *Verifier) with(receipt *Receipt, call func(*C.attest_verifier_t, *C.attest_receipt_t) error) error {
	verifier, err := v.handle.enter()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(v)
	defer v.handle.leave()
	judged, err := receipt.handle.enter()
	if err != nil {
		return err
	}
	defer runtime.KeepAlive(receipt)
	defer receipt.handle.leave()
	return call((*C.attest_verifier_t)(verifier), (*C.attest_receipt_t)(judged))
}

// Close frees the verifier.
func (v *Verifier) Close() {
	v.handle.close()
	runtime.KeepAlive(v)
}
