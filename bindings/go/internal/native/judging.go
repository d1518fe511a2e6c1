//go:build cgo && (linux || darwin) && (amd64 || arm64)

package native

// #include "border.h"
import "C"

import (
	"context"
	"runtime"
	"unsafe"
)

// VerifyBatch judges many receipts: a JSON list of reports and errors, in their order.
func (v *Verifier) VerifyBatch(ctx context.Context, receipts [][]byte) (all []byte, err error) {
	pointer, err := v.handle.enter()
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(v)
	defer v.handle.leave()
	// The library reads Go memory through a list that lies in Go memory: what the list points to must not move.
	var pinned runtime.Pinner
	defer pinned.Unpin()
	slices := make([]C.attest_slice, len(receipts))
	for i, receipt := range receipts {
		if len(receipt) > 0 {
			pinned.Pin(unsafe.SliceData(receipt))
			slices[i] = lend(receipt)
		}
	}
	err = blocking(ctx, judging, func(token *C.attest_cancel_t) error {
		all, err = filled(func(out *C.attest_buf, failure **C.attest_error_t) C.attest_status {
			return C.attest_verifier_verify_batch((*C.attest_verifier_t)(pointer), unsafe.SliceData(slices),
				C.size_t(len(slices)), token, out, failure)
		})
		return err
	})
	return all, err
}

// VerifyArtifact judges a receipt, and whether it attests the file at path: JSON.
func (v *Verifier) VerifyArtifact(ctx context.Context, receipt *Receipt, path string) (verdict []byte, err error) {
	err = v.with(receipt, func(verifier *C.attest_verifier_t, receipt *C.attest_receipt_t) error {
		return blocking(ctx, judging, func(token *C.attest_cancel_t) error {
			verdict, err = filled(func(out *C.attest_buf, failure **C.attest_error_t) C.attest_status {
				return C.attest_verifier_verify_artifact(verifier, receipt, lendText(path), token, out, failure)
			})
			return err
		})
	})
	return verdict, err
}

// VerifyArtifactBytes is VerifyArtifact of a file's content.
func (v *Verifier) VerifyArtifactBytes(receipt *Receipt, content []byte) (verdict []byte, err error) {
	err = v.with(receipt, func(verifier *C.attest_verifier_t, receipt *C.attest_receipt_t) error {
		verdict, err = filled(func(out *C.attest_buf, failure **C.attest_error_t) C.attest_status {
			return C.attest_verifier_verify_artifact_bytes(verifier, receipt, lend(content), out, failure)
		})
		return err
	})
	return verdict, err
}

// Recompute derives the receipt's hashes again from files: JSON. An empty pipeline stands for workspace/attest.yaml.
func (r *Receipt) Recompute(ctx context.Context, workspace string, pipeline []byte) (answer []byte, err error) {
	pointer, err := r.handle.enter()
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(r)
	defer r.handle.leave()
	err = blocking(ctx, judging, func(token *C.attest_cancel_t) error {
		answer, err = filled(func(out *C.attest_buf, failure **C.attest_error_t) C.attest_status {
			return C.attest_receipt_recompute((*C.attest_receipt_t)(pointer), lendText(workspace), lend(pipeline),
				token, out, failure)
		})
		return err
	})
	return answer, err
}
