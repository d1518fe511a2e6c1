// Package bench times what crossing into the library costs. It is apart from the other tests, which start a server. With
// the library of `make go`, the one that users link:
//
//	go test -run '^$' -bench . ./internal/bench
package bench

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/attest-dev/go-sdk/attest"
	"github.com/attest-dev/go-sdk/internal/testserver"
)

// BenchmarkVerify2KiB is the same work as `make bench` times in Rust: a receipt of 2 KiB, from its bytes to the verdict.
func BenchmarkVerify2KiB(b *testing.B) {
	vector := filepath.Join(testserver.Checkout(), "tests", "vectors", "receipts", "cached")
	verifier, err := attest.NewVerifier(&attest.VerifierOptions{TrustStore: filepath.Join(vector, "trust")})
	if err != nil {
		b.Fatal(err)
	}
	defer verifier.Close()
	document := asJSON(b, filepath.Join(vector, "receipt.yaml"))
	b.SetBytes(int64(len(document)))
	b.ReportAllocs()
	for b.Loop() {
		valid, err := verifier.VerifyBytes(document)
		if err != nil || !valid {
			b.Fatal(valid, err)
		}
	}
}

// BenchmarkCall is the border alone: the digest of nothing, there and back.
func BenchmarkCall(b *testing.B) {
	for b.Loop() {
		if _, err := attest.DigestOf(nil); err != nil {
			b.Fatal(err)
		}
	}
}

func asJSON(b *testing.B, path string) []byte {
	b.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		b.Fatal(err)
	}
	receipt, err := attest.ParseReceipt(text)
	if err != nil {
		b.Fatal(err)
	}
	defer receipt.Close()
	document, err := receipt.ToJSON()
	if err != nil {
		b.Fatal(err)
	}
	return document
}
