package attest

import "github.com/attest-dev/go-sdk/internal/native"

// SigningKey is a private Ed25519 key. It is never shown but by [SigningKey.ToPEM].
type SigningKey struct {
	native *native.SigningKey
}

// GenerateSigningKey makes a new key from the system's randomness.
func GenerateSigningKey() (*SigningKey, error) {
	return ownKey(native.GenerateSigningKey())
}

// ParseSigningKey reads PKCS#8 PEM. The text is never part of the error.
func ParseSigningKey(pem []byte) (*SigningKey, error) {
	return ownKey(native.ParseSigningKey(pem))
}

func ownKey(key *native.SigningKey, err error) (*SigningKey, error) {
	if err != nil {
		return nil, received(nil, err)
	}
	return &SigningKey{native: key}, nil
}

// ToPEM returns PKCS#8 PEM: the secret itself.
func (k *SigningKey) ToPEM() ([]byte, error) { return k.text((*native.SigningKey).ToPEM) }

// PublicKey returns ed25519:<hex>, the public half.
func (k *SigningKey) PublicKey() (string, error) {
	text, err := k.text((*native.SigningKey).PublicKey)
	return string(text), err
}

// KeyID returns 32 hex digits, by which receipts and trust stores name the key.
func (k *SigningKey) KeyID() (string, error) {
	text, err := k.text((*native.SigningKey).KeyID)
	return string(text), err
}

// Close wipes the key now instead of when it is collected. Later uses are errors of kind closed. Closing again is
// harmless. It always returns nil.
func (k *SigningKey) Close() error {
	if k != nil && k.native != nil {
		k.native.Close()
	}
	return nil
}

func (k *SigningKey) text(of func(*native.SigningKey) ([]byte, error)) ([]byte, error) {
	if err := k.usable(); err != nil {
		return nil, err
	}
	text, err := of(k.native)
	return text, received(nil, err)
}

func (k *SigningKey) usable() error {
	if k == nil || k.native == nil {
		return failure(KindConfig, "there is no signing key: get one by attest.GenerateSigningKey or attest.ParseSigningKey")
	}
	return nil
}
