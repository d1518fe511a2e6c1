package attest_test

import (
	"testing"

	"github.com/attest-dev/go-sdk/attest"
)

// BenchmarkVerify2KiB is the same work as `make bench` times in Rust: a receipt of 2 KiB, from its bytes to the verdict.
// Its figure counts with the library of `make go`, without the build tag testhooks.
func BenchmarkVerify2KiB(b *testing.B) {
	verifier, err := attest.NewVerifier(&attest.VerifierOptions{TrustStore: vectors("receipts", "cached", "trust")})
	if err != nil {
		b.Fatal(err)
	}
	defer verifier.Close()
	receipt, err := attest.ParseReceipt(read(b, vectors("receipts", "cached", "receipt.yaml")))
	if err != nil {
		b.Fatal(err)
	}
	defer receipt.Close()
	document, err := receipt.ToJSON()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		valid, err := verifier.VerifyBytes(document)
		if err != nil || !valid {
			b.Fatal(valid, err)
		}
	}
}
