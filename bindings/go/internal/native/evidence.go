//go:build cgo && (linux || darwin) && (amd64 || arm64)

package native

// #include "border.h"
import "C"

import "runtime"

// VerifyBytesWith is VerifyBytes, held against evidence, JSON.
func (v *Verifier) VerifyBytesWith(receipt, evidence []byte) (bool, error) {
	pointer, err := v.handle.enter()
	if err != nil {
		return false, err
	}
	defer runtime.KeepAlive(v)
	defer v.handle.leave()
	return judged(func(out *C.bool, failure **C.attest_error_t) C.attest_status {
		return C.attest_verifier_verify_with((*C.attest_verifier_t)(pointer), lend(receipt), lend(evidence), out, failure)
	})
}

// ReportOnBytesWith is ReportOnBytes, held against evidence, JSON.
func (v *Verifier) ReportOnBytesWith(receipt, evidence []byte) ([]byte, error) {
	pointer, err := v.handle.enter()
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(v)
	defer v.handle.leave()
	return filled(func(out *C.attest_buf, failure **C.attest_error_t) C.attest_status {
		return C.attest_verifier_report_with((*C.attest_verifier_t)(pointer), lend(receipt), lend(evidence), out, failure)
	})
}

// VerifyReceiptWith is VerifyReceipt, held against evidence, JSON.
func (v *Verifier) VerifyReceiptWith(receipt *Receipt, evidence []byte) (valid bool, err error) {
	err = v.with(receipt, func(verifier *C.attest_verifier_t, receipt *C.attest_receipt_t) error {
		valid, err = judged(func(out *C.bool, failure **C.attest_error_t) C.attest_status {
			return C.attest_verifier_verify_receipt_with(verifier, receipt, lend(evidence), out, failure)
		})
		return err
	})
	return valid, err
}

// ReportOnReceiptWith is ReportOnReceipt, held against evidence, JSON.
func (v *Verifier) ReportOnReceiptWith(receipt *Receipt, evidence []byte) (report []byte, err error) {
	err = v.with(receipt, func(verifier *C.attest_verifier_t, receipt *C.attest_receipt_t) error {
		report, err = filled(func(out *C.attest_buf, failure **C.attest_error_t) C.attest_status {
			return C.attest_verifier_report_receipt_with(verifier, receipt, lend(evidence), out, failure)
		})
		return err
	})
	return report, err
}
