package attest

import "github.com/attest-dev/go-sdk/internal/native"

// VerifyWebhook says whether signature, the value of the header X-Attest-Signature, is that of payload, the raw body, by
// secret. Anything that is no signature is false, an absent header (empty) too. The comparison takes the same time
// wherever the two differ. In a program that was built without the native library it is always false: see [ErrNoNative].
func VerifyWebhook(payload []byte, signature, secret string) bool {
	return native.VerifyWebhook(payload, []byte(signature), []byte(secret))
}
