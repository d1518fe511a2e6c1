//go:build cgo && (linux || darwin) && (amd64 || arm64)

package native

// #include "border.h"
import "C"

// HashInputs is the input manifest of a step, JSON. declared is JSON.
func HashInputs(workspace, run string, declared []byte) ([]byte, error) {
	return filled(func(out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_manifest_hash_inputs(lendText(workspace), lendText(run), lend(declared), out, err)
	})
}

// HashOutputs is the output manifest of a step, JSON. declared is JSON.
func HashOutputs(workspace string, declared []byte) ([]byte, error) {
	return filled(func(out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_manifest_hash_outputs(lendText(workspace), lend(declared), out, err)
	})
}

// DigestOf is blake3:… of data.
func DigestOf(data []byte) ([]byte, error) {
	return filled(func(out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_digest(lend(data), out, err)
	})
}

// VerifyWebhook says whether signature is that of payload by secret.
func VerifyWebhook(payload, signature, secret []byte) bool {
	return bool(C.attest_webhook_verify(lend(payload), lend(signature), lend(secret)))
}
