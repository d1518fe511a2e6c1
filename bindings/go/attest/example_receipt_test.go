package attest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"github.com/attest-dev/go-sdk/attest"
)

func ExampleReceipt() {
	data, err := os.ReadFile("testdata/receipt.json") // JSON or YAML
	if err != nil {
		log.Fatal(err)
	}
	receipt, err := attest.ParseReceipt(data)
	if err != nil {
		log.Fatal(err)
	}
	defer receipt.Close()
	hash, err := receipt.Hash()
	fmt.Println(hash, err)
	// Output: blake3:45f7bca25689ebfe4344d4f53279e89c0a892a1e7cfb2870664e2b15519ddf73 <nil>
}

func ExampleVerifier() {
	verifier, err := attest.NewVerifier(&attest.VerifierOptions{
		TrustedKeys: []attest.TrustedKey{{PublicKey: publicKey}},
		Policies:    []string{"require-success"},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer verifier.Close()
	valid, err := verifier.VerifyReceipt(saved())
	fmt.Println(valid, err)
	// Output: true <nil>
}

func ExampleVerifierOptions() {
	_, err := attest.NewVerifier(&attest.VerifierOptions{Policies: []string{"max-age-soon"}})
	// What cannot be asked is found when the verifier is made, not while it judges.
	fmt.Println(errors.Is(err, attest.ErrConfig))
	// Output: true
}

func ExampleTrustedKey() {
	// From a configuration, say: where it names nobody, nobody is trusted.
	var configured []attest.TrustedKey
	pinned := attest.TrustOnly(configured...)
	fmt.Println(pinned != nil, len(pinned))
	// Output: true 0
}

func ExampleExpectation() {
	verifier, err := attest.NewVerifier(&attest.VerifierOptions{
		TrustedKeys: []attest.TrustedKey{{PublicKey: publicKey}},
		Expect:      []attest.Expectation{attest.ExpectInvocation("exec_other")},
	})
	if err != nil {
		log.Fatal(err)
	}
	valid, err := verifier.VerifyReceipt(saved())
	fmt.Println(valid, err) // a good receipt of another run
	// Output: false <nil>
}

func ExampleArtifactReport() {
	report, err := judging().VerifyArtifactBytes(saved(), []byte("echo bye\n"))
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.Valid, len(report.Attested))
	// Output: false 0
}

func ExampleAttestedFile() {
	report, err := judging().VerifyArtifactBytes(saved(), []byte("echo hello, world\n"))
	if err != nil {
		log.Fatal(err)
	}
	for _, file := range report.Attested {
		fmt.Println(file.Path, "of step", file.Step)
	}
	// Output: out/hello of step build
}

func ExampleBatchResult() {
	data, err := saved().ToJSON()
	if err != nil {
		log.Fatal(err)
	}
	results, err := judging().VerifyBatch(context.Background(), [][]byte{data, []byte("}")})
	if err != nil {
		log.Fatal(err)
	}
	for _, one := range results {
		if one.Error != nil {
			fmt.Println("unreadable:", errors.Is(one.Error, attest.ErrReceiptFormat))
			continue
		}
		fmt.Println("valid:", one.Report.Valid)
	}
	// Output:
	// valid: true
	// unreadable: true
}

func ExampleRecomputed() {
	workspace, err := os.MkdirTemp("", "recompute-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(workspace)
	// There is no attest.yaml, whose hash the receipt has.
	recomputed, err := attest.Recompute(context.Background(), saved(), workspace, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(recomputed.Status)
	// Output: failed
}

func ExampleEvidence() {
	hello, err := attest.DigestOf([]byte("echo hello, world\n"))
	if err != nil {
		log.Fatal(err)
	}
	evidence := &attest.Evidence{
		// What attest.Recompute gave.
		Recomputed: &attest.Recomputed{Status: "mismatch", Detail: "step \"build\": output_hash differs"},
		Files:      map[string]string{"hello": hello},
	}
	verifier, err := attest.NewVerifier(&attest.VerifierOptions{TrustedKeys: []attest.TrustedKey{{PublicKey: publicKey}}})
	if err != nil {
		log.Fatal(err)
	}
	report, err := verifier.ReportWith(saved(), evidence)
	if err != nil {
		log.Fatal(err)
	}
	for _, check := range report.Checks[7:] {
		fmt.Println(check.Name, check.Status, check.Code)
	}
	// Output:
	// artifacts pass ok
	// recompute fail recompute_mismatch
}

func ExampleManifestHash() {
	workspace, err := os.MkdirTemp("", "workspace-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(workspace)
	if err := os.WriteFile(filepath.Join(workspace, "app"), []byte("hello"), 0o755); err != nil {
		log.Fatal(err)
	}
	manifest, err := attest.HashOutputs(workspace, []string{"app"})
	if err != nil {
		log.Fatal(err)
	}
	digest, err := attest.DigestOf([]byte(manifest.Text))
	fmt.Println(digest == manifest.Digest, err)
	// Output: true <nil>
}

func ExampleSigningKey() {
	key, err := attest.GenerateSigningKey()
	if err != nil {
		log.Fatal(err)
	}
	defer key.Close()
	signed, err := saved().Sign(key)
	if err != nil {
		log.Fatal(err)
	}
	valid, err := judging().VerifyReceipt(signed)
	fmt.Println(valid, err) // nobody trusts that key
	// Output: false <nil>
}

func ExampleDSSEOptions() {
	key, err := attest.GenerateSigningKey()
	if err != nil {
		log.Fatal(err)
	}
	options := &attest.DSSEOptions{
		Subjects: []string{"out/hello"},
		Format:   attest.DSSEFormatSigstore,
	}
	// Only the key that signed a receipt exports it.
	_, err = saved().ToDSSE(context.Background(), ".", key, options)
	fmt.Println(errors.Is(err, attest.ErrConfig))
	// Output: true
}

func ExampleDSSEFormat() {
	endings := map[attest.DSSEFormat]string{
		attest.DSSEFormatInToto:   "intoto.jsonl",
		attest.DSSEFormatSigstore: "sigstore.json",
	}
	fmt.Println("app." + endings[attest.DSSEFormatInToto])
	// Output: app.intoto.jsonl
}
