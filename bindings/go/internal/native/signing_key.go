//go:build cgo && (linux || darwin) && (amd64 || arm64)

package native

// #include "border.h"
import "C"

import (
	"bytes"
	"runtime"
	"unsafe"
)

// SigningKey is a private key.
type SigningKey struct{ handle *handle }

// GenerateSigningKey makes a new key.
func GenerateSigningKey() (*SigningKey, error) {
	return ownKey(func(out **C.attest_signing_key_t, err **C.attest_error_t) C.attest_status {
		return C.attest_signing_key_generate(out, err)
	})
}

// ParseSigningKey reads PKCS#8 PEM.
func ParseSigningKey(pem []byte) (*SigningKey, error) {
	return ownKey(func(out **C.attest_signing_key_t, err **C.attest_error_t) C.attest_status {
		return C.attest_signing_key_from_pem(lend(pem), out, err)
	})
}

func ownKey(make func(**C.attest_signing_key_t, **C.attest_error_t) C.attest_status) (*SigningKey, error) {
	var (
		made *C.attest_signing_key_t
		err  *C.attest_error_t
	)
	status := make(&made, &err)
	if err := failed(status, err); err != nil {
		return nil, err
	}
	key := &SigningKey{}
	key.handle = own(key, "signing key", unsafe.Pointer(made), func(pointer unsafe.Pointer) {
		C.attest_signing_key_free((*C.attest_signing_key_t)(pointer))
	})
	return key, nil
}

// ToPEM is the secret itself. What the library made is overwritten; the copy is the caller's.
func (k *SigningKey) ToPEM() ([]byte, error) {
	pointer, err := k.handle.enter()
	if err != nil {
		return nil, err
	}
	var (
		made    C.attest_buf
		failure *C.attest_error_t
	)
	status := C.attest_signing_key_to_pem((*C.attest_signing_key_t)(pointer), &made, &failure)
	k.handle.leave()
	runtime.KeepAlive(k)
	if err := failed(status, failure); err != nil {
		return nil, err
	}
	pem := bytes.Clone(unsafe.Slice((*byte)(made.data), int(made.len)))
	C.attest_buf_wipe(&made)
	return pem, nil
}

// PublicKey is ed25519:<hex>.
func (k *SigningKey) PublicKey() ([]byte, error) {
	return k.text(func(key *C.attest_signing_key_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_signing_key_public_key(key, out, err)
	})
}

// KeyID is 32 hex digits.
func (k *SigningKey) KeyID() ([]byte, error) {
	return k.text(func(key *C.attest_signing_key_t, out *C.attest_buf, err **C.attest_error_t) C.attest_status {
		return C.attest_signing_key_key_id(key, out, err)
	})
}

func (k *SigningKey) text(call func(*C.attest_signing_key_t, *C.attest_buf, **C.attest_error_t) C.attest_status) ([]byte, error) {
	pointer, err := k.handle.enter()
	if err != nil {
		return nil, err
	}
	text, err := filled(func(out *C.attest_buf, failure **C.attest_error_t) C.attest_status {
		return call((*C.attest_signing_key_t)(pointer), out, failure)
	})
	k.handle.leave()
	runtime.KeepAlive(k)
	return text, err
}

// Close wipes the key.
func (k *SigningKey) Close() {
	k.handle.close()
	runtime.KeepAlive(k)
}
