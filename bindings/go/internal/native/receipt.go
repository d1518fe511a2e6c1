//go:build cgo && (linux || darwin) && (amd64 || arm64)

package native

// #include "border.h"
import "C"

import (
	"runtime"
	"unsafe"
)

// Receipt is a receipt that was read.
type Receipt struct{ handle *handle }

// ParseReceipt reads JSON or YAML.
func ParseReceipt(data []byte) (*Receipt, error) {
	return ownReceipt(func(out **C.attest_receipt_t, err **C.attest_error_t) C.attest_status {
		return C.attest_receipt_parse(lend(data), out, err)
	})
}

func ownReceipt(make func(**C.attest_receipt_t, **C.attest_error_t) C.attest_status) (*Receipt, error) {
	var (
		made *C.attest_receipt_t
		err  *C.attest_error_t
	)
	status := make(&made, &err)
	if err := failed(status, err); err != nil {
		return nil, err
	}
	receipt := &Receipt{}
	receipt.handle = own(receipt, "receipt", unsafe.Pointer(made), func(pointer unsafe.Pointer) {
		C.attest_receipt_free((*C.attest_receipt_t)(pointer))
	})
	return receipt, nil
}

// Verify judges the receipt by the verifier it came with.
func (r *Receipt) Verify() (bool, error) {
	pointer, err := r.handle.enter()
	if err != nil {
		return false, err
	}
	valid, err := judged(func(out *C.bool, failure **C.attest_error_t) C.attest_status {
		return C.attest_receipt_verify((*C.attest_receipt_t)(pointer), out, failure)
	})
	r.handle.leave()
	runtime.KeepAlive(r)
	return valid, err
}

// text makes a call that fills a buffer.
func (r *Receipt) text(call func(*C.attest_receipt_t, *C.attest_buf, **C.attest_error_t) C.attest_status) ([]byte, error) {
	pointer, err := r.handle.enter()
	if err != nil {
		return nil, err
	}
	text, err := filled(func(out *C.attest_buf, failure **C.attest_error_t) C.attest_status {
		return call((*C.attest_receipt_t)(pointer), out, failure)
	})
	r.handle.leave()
	runtime.KeepAlive(r)
	return text, err
}

// Report is the verdict in full, JSON.
func (r *Receipt) Report() ([]byte, error) {
	return r.text(func(receipt *C.attest_receipt_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_receipt_report(receipt, out, err)
	})
}

// ToJSON is the receipt in the API's rendering.
func (r *Receipt) ToJSON() ([]byte, error) {
	return r.text(func(receipt *C.attest_receipt_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_receipt_to_json(receipt, out, err)
	})
}

// ToYAML is the receipt in the command-line tool's rendering.
func (r *Receipt) ToYAML() ([]byte, error) {
	return r.text(func(receipt *C.attest_receipt_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_receipt_to_yaml(receipt, out, err)
	})
}

// Hash is blake3:… of the canonical bytes.
func (r *Receipt) Hash() ([]byte, error) {
	return r.text(func(receipt *C.attest_receipt_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_receipt_hash(receipt, out, err)
	})
}

// KeyID is the id of the key that is said to have signed; nil where none is.
func (r *Receipt) KeyID() ([]byte, error) {
	return r.text(func(receipt *C.attest_receipt_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_receipt_key_id(receipt, out, err)
	})
}

// ServerVerification is the server's own opinion, JSON; nil where the receipt was not fetched.
func (r *Receipt) ServerVerification() ([]byte, error) {
	return r.text(func(receipt *C.attest_receipt_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_receipt_server_verification(receipt, out, err)
	})
}

// ToDSSE is the receipt as a DSSE envelope or a sigstore bundle. options is JSON. Files are read.
func (r *Receipt) ToDSSE(workspace string, key *SigningKey, options []byte) ([]byte, error) {
	signer, err := key.handle.enter()
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(key)
	defer key.handle.leave()
	return r.text(func(receipt *C.attest_receipt_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_receipt_to_dsse(receipt, lendText(workspace), (*C.attest_signing_key_t)(signer), lend(options), out, err)
	})
}

// Sign is what the receipt says, signed by key.
func (r *Receipt) Sign(key *SigningKey) (*Receipt, error) {
	receipt, err := r.handle.enter()
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(r)
	defer r.handle.leave()
	signer, err := key.handle.enter()
	if err != nil {
		return nil, err
	}
	defer runtime.KeepAlive(key)
	defer key.handle.leave()
	return ownReceipt(func(out **C.attest_receipt_t, failure **C.attest_error_t) C.attest_status {
		return C.attest_receipt_sign((*C.attest_receipt_t)(receipt), (*C.attest_signing_key_t)(signer), out, failure)
	})
}

// Close frees the receipt.
func (r *Receipt) Close() {
	r.handle.close()
	runtime.KeepAlive(r)
}
