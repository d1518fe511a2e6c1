package attest_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/attest-dev/go-sdk/attest"
	"github.com/attest-dev/go-sdk/internal/testserver"
)

func vectors(parts ...string) string {
	return filepath.Join(append([]string{testserver.Checkout(), "tests", "vectors"}, parts...)...)
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

// offline is a key, a verifier that trusts it, and a receipt that it signed.
func offline(t testing.TB) (*attest.SigningKey, *attest.Verifier, *attest.Receipt) {
	t.Helper()
	key, err := attest.GenerateSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicKey()
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := attest.NewVerifier(&attest.VerifierOptions{TrustedKeys: []attest.TrustedKey{{PublicKey: public, Signer: "me@example.com"}}})
	if err != nil {
		t.Fatal(err)
	}
	unsigned, err := attest.ParseReceipt(read(t, vectors("receipts", "weird", "receipt.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := unsigned.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return key, verifier, receipt
}

func TestTheVectorsAreJudgedAsExpected(t *testing.T) {
	for _, name := range []string{"basic", "weird", "cached", "unsigned", "wrapped", "wrapped-failed"} {
		folder := vectors("receipts", name)
		verifier, err := attest.NewVerifier(&attest.VerifierOptions{TrustStore: filepath.Join(folder, "trust")})
		if err != nil {
			t.Fatal(err)
		}
		bytes := read(t, filepath.Join(folder, "receipt.yaml"))
		receipt, err := attest.ParseReceipt(bytes)
		if err != nil {
			t.Fatal(err)
		}
		ofReceipt, err := verifier.Report(receipt)
		if err != nil {
			t.Fatal(err)
		}
		ofBytes, err := verifier.ReportBytes(bytes)
		if err != nil {
			t.Fatal(err)
		}
		if ofReceipt.Valid != (name != "unsigned") || len(ofReceipt.Checks) != 9 {
			t.Errorf("%s: %s", name, ofReceipt.JSON())
		}
		valid, err := verifier.VerifyReceipt(receipt)
		if err != nil || valid != ofBytes.Valid {
			t.Errorf("%s: %v %v", name, valid, err)
		}
		if valid, err = verifier.VerifyBytes(bytes); err != nil || valid != ofReceipt.Valid {
			t.Errorf("%s: %v %v", name, valid, err)
		}
	}
}

func TestEveryMutantOfTheVectorsIsJudgedAsExpected(t *testing.T) {
	type expectation struct {
		Exit int `json:"exit"`
	}
	var expected, deviations map[string]expectation
	for path, into := range map[string]*map[string]expectation{
		vectors("receipts", "mutants-weird", "expected.json"): &expected,
		vectors("receipts", "deviations.json"):                &deviations,
	} {
		if err := json.Unmarshal(read(t, path), into); err != nil {
			t.Fatal(err)
		}
	}
	verifier, err := attest.NewVerifier(&attest.VerifierOptions{TrustStore: vectors("receipts", "weird", "trust")})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range expected {
		if other, stricter := deviations[name]; stricter && other.Exit != 0 {
			want = other
		}
		valid, err := verifier.VerifyBytes(read(t, vectors("receipts", "mutants-weird", name+".yaml")))
		switch {
		case want.Exit == 2 && !errors.Is(err, attest.ErrReceiptFormat),
			want.Exit != 2 && err != nil,
			want.Exit == 0 && !valid,
			want.Exit == 1 && valid:
			t.Errorf("%s: want exit %d, got %v %v", name, want.Exit, valid, err)
		}
	}
	if len(expected) < 30 {
		t.Error("too few mutants:", len(expected))
	}
}

func TestSigningAndVerifying(t *testing.T) {
	key, verifier, receipt := offline(t)
	report, err := verifier.Report(receipt)
	if err != nil || !report.Valid || report.SignatureVerification.Signer != "me@example.com" || report.TrustMaterial.State != "given" {
		t.Fatalf("%s %v", report.JSON(), err)
	}
	id, err := key.KeyID()
	if err != nil {
		t.Fatal(err)
	}
	if signer, err := receipt.KeyID(); err != nil || signer != id || len(id) != 32 {
		t.Error(signer, id, err)
	}
	if hash, err := receipt.Hash(); err != nil || hash != report.ReceiptHash || !strings.HasPrefix(hash, "blake3:") {
		t.Error(hash, report.ReceiptHash, err)
	}

	for _, render := range []func() ([]byte, error){receipt.ToJSON, receipt.ToYAML, receipt.MarshalJSON} {
		text, err := render()
		if err != nil {
			t.Fatal(err)
		}
		if valid, err := verifier.VerifyBytes(text); err != nil || !valid {
			t.Error(valid, err, string(text))
		}
	}

	pem, err := key.ToPEM()
	if err != nil {
		t.Fatal(err)
	}
	again, err := attest.ParseSigningKey(pem)
	if err != nil {
		t.Fatal(err)
	}
	if same, err := again.KeyID(); err != nil || same != id {
		t.Error(same, err)
	}
	public, err := again.PublicKey()
	if err != nil || !strings.HasPrefix(public, "ed25519:") || len(public) != len("ed25519:")+64 {
		t.Error(public, err)
	}
	_, err = attest.ParseSigningKey([]byte("-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n"))
	if failed := expect(t, err, attest.ErrKeyFormat, ""); strings.Contains(failed.Error(), "c2VjcmV0") {
		t.Error(failed)
	}
}

func TestWhatAVerifierIsAsked(t *testing.T) {
	_, _, receipt := offline(t)
	key, err := attest.GenerateSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	public, _ := key.PublicKey()
	signed, err := receipt.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	trusted := []attest.TrustedKey{{PublicKey: public}}
	for name, one := range map[string]struct {
		options attest.VerifierOptions
		failing string
	}{
		"nothing trusted": {attest.VerifierOptions{}, "trust"},
		"an empty list":   {attest.VerifierOptions{TrustedKeys: []attest.TrustedKey{}}, "trust"},
		"another run":     {attest.VerifierOptions{TrustedKeys: trusted, Expect: []attest.Expectation{attest.ExpectInvocation("exec_other")}}, "binding"},
		"a policy":        {attest.VerifierOptions{TrustedKeys: trusted, Policies: []string{"max-age-1h"}, Now: time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC)}, "policy"},
		"long ago":        {attest.VerifierOptions{TrustedKeys: trusted, Now: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)}, "timestamp"},
		"all is well":     {attest.VerifierOptions{TrustedKeys: trusted}, ""},
	} {
		verifier, err := attest.NewVerifier(&one.options)
		if err != nil {
			t.Fatal(name, err)
		}
		report, err := verifier.Report(signed)
		if err != nil {
			t.Fatal(name, err)
		}
		failing := ""
		for _, check := range report.Checks {
			if check.Status == "fail" && failing == "" {
				failing = check.Name
			}
		}
		if failing != one.failing || report.Valid != (one.failing == "") {
			t.Errorf("%s: %s", name, report.JSON())
		}
	}
	for part, options := range map[string]attest.VerifierOptions{
		"no-such-policy":              {Policies: []string{"no-such-policy"}},
		"ed25519:zz":                  {TrustedKeys: []attest.TrustedKey{{PublicKey: "ed25519:zz"}}},
		"trusted_keys or a trust_sto": {TrustedKeys: trusted, TrustStore: "."},
		"/does/not/exist":             {TrustStore: "/does/not/exist"},
		"pipeline_hash":               {Expect: []attest.Expectation{attest.ExpectPipeline("md5:1")}},
		// A variable that was never set must not ask for nothing.
		"expect.commit is empty":           {Expect: []attest.Expectation{attest.ExpectCommit("")}},
		"expect.invocation_id is empty":    {Expect: []attest.Expectation{attest.ExpectInvocation("")}},
		"expect.pipeline_hash is empty":    {Expect: []attest.Expectation{attest.ExpectPipeline("")}},
		`expect.artifacts["app"] is empty`: {Expect: []attest.Expectation{attest.ExpectArtifact("app", "")}},
		"path is empty":                    {Expect: []attest.Expectation{attest.ExpectArtifact("", "x")}},
		"is made by attest.Expect":         {Expect: []attest.Expectation{{}}},
		"expect.commit is given twice":     {Expect: []attest.Expectation{attest.ExpectCommit("a"), attest.ExpectCommit("b")}},
	} {
		_, err := attest.NewVerifier(&options)
		expect(t, err, attest.ErrConfig, part)
	}
}

func TestAReceiptWithoutAClientHasNoKeysToBeJudgedBy(t *testing.T) {
	_, _, receipt := offline(t)
	valid, err := receipt.Verify(t.Context())
	if expect(t, err, attest.ErrConfig, "Verifier"); valid {
		t.Error("never true beside an error")
	}
	_, err = receipt.Report()
	expect(t, err, attest.ErrConfig, "Verifier")
	if opinion, err := receipt.ServerVerification(); opinion != nil || err != nil {
		t.Error(opinion, err)
	}
	for _, garbage := range [][]byte{nil, {}, []byte("\xff\xfe"), []byte("{"), []byte("a: [1")} {
		_, err = attest.ParseReceipt(garbage)
		expect(t, err, attest.ErrReceiptFormat, "")
	}
}

func TestAReportIsTheExactTextOfTheCore(t *testing.T) {
	_, verifier, receipt := offline(t)
	report, err := verifier.Report(receipt)
	if err != nil {
		t.Fatal(err)
	}
	text := report.JSON()
	if !json.Valid(text) || !strings.HasPrefix(string(text), `{"valid":true,"checks":[{"name":"schema"`) {
		t.Error(string(text))
	}
	text[0] = 'x'
	if report.JSON()[0] != '{' {
		t.Error("the text is the caller's to change")
	}
}

func TestAClientsKeysAndPoliciesJudgeItsReceipts(t *testing.T) {
	run := execute(t, connect(t), "true", nil)
	var none []attest.TrustedKey
	for name, one := range map[string]struct {
		options attest.ClientOptions
		valid   bool
	}{
		"the server's keys": {attest.ClientOptions{}, true},
		"no key":            {attest.ClientOptions{TrustedKeys: []attest.TrustedKey{}}, false},
		"an empty pin file": {attest.ClientOptions{TrustedKeys: attest.TrustOnly(none...)}, false},
		"a policy":          {attest.ClientOptions{Policies: []string{"step:absent"}}, false},
	} {
		one.options.BaseURL, one.options.APIKey = server.URL, server.Key
		execution, err := connectWith(t, &one.options).Executions.Get(t.Context(), run.ID)
		if err != nil {
			t.Fatal(name, err)
		}
		receipt, err := execution.GetReceipt(t.Context())
		if err != nil {
			t.Fatal(name, err)
		}
		if valid, err := receipt.Verify(t.Context()); err != nil || valid != one.valid {
			t.Errorf("%s: %v %v", name, valid, err)
		}
	}
}
