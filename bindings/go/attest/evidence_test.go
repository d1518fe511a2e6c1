package attest_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/attest-dev/go-sdk/attest"
)

// requiring is a verifier that asks for a recomputation, with the receipt it is about.
func requiring(t *testing.T) (*attest.Verifier, *attest.Receipt, []byte) {
	t.Helper()
	text := read(t, vectors("receipts", "basic", "receipt.yaml"))
	receipt, err := attest.ParseReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := attest.NewVerifier(&attest.VerifierOptions{
		TrustStore: vectors("receipts", "basic", "trust"),
		Now:        time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC),
		Policies:   []string{"require-recompute"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return verifier, receipt, text
}

func recompute(t *testing.T, receipt *attest.Receipt, workspace string) *attest.Recomputed {
	t.Helper()
	found, err := attest.Recompute(t.Context(), receipt, workspace, nil)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func digestOf(t *testing.T, content []byte) string {
	t.Helper()
	digest, err := attest.DigestOf(content)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

// held is the report on the receipt, which all four methods agree on.
func held(t *testing.T, verifier *attest.Verifier, receipt *attest.Receipt, text []byte, evidence *attest.Evidence) *attest.Report {
	t.Helper()
	report, err := verifier.ReportWith(receipt, evidence)
	if err != nil {
		t.Fatal(err)
	}
	ofBytes, err := verifier.ReportBytesWith(text, evidence)
	if err != nil || !bytes.Equal(ofBytes.JSON(), report.JSON()) {
		t.Error(ofBytes, err)
	}
	if valid, err := verifier.VerifyReceiptWith(receipt, evidence); err != nil || valid != report.Valid {
		t.Error(valid, err)
	}
	if valid, err := verifier.VerifyBytesWith(text, evidence); err != nil || valid != report.Valid {
		t.Error(valid, err)
	}
	return report
}

func checkOf(t *testing.T, report *attest.Report, name string) attest.Check {
	t.Helper()
	for _, check := range report.Checks {
		if check.Name == name {
			return check
		}
	}
	t.Fatalf("no check %s", name)
	return attest.Check{}
}

func TestARecomputationThatAgreesMeetsRequireRecompute(t *testing.T) {
	verifier, receipt, text := requiring(t)
	without, err := verifier.Report(receipt)
	if err != nil || without.Valid || without.PolicyCompliance.Violations[0].Code != "not_recomputed" {
		t.Fatal(without, err)
	}
	if empty := held(t, verifier, receipt, text, &attest.Evidence{}); !bytes.Equal(empty.JSON(), without.JSON()) {
		t.Error(empty)
	}
	met := held(t, verifier, receipt, text, &attest.Evidence{Recomputed: recompute(t, receipt, workspaceOf(t))})
	if !met.Valid || checkOf(t, met, "recompute").Code != "ok" {
		t.Errorf("%s", met.JSON())
	}
}

func TestARecomputationThatDoesNotAgreeIsNeverValid(t *testing.T) {
	asking, receipt, text := requiring(t)
	asksNothing, _ := judge(t)
	dir := workspaceOf(t)
	if err := os.WriteFile(filepath.Join(dir, "out/app"), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	for code, found := range map[string]*attest.Recomputed{
		"recompute_mismatch": recompute(t, receipt, dir),
		"recompute_failed":   recompute(t, receipt, t.TempDir()),
	} {
		evidence := &attest.Evidence{Recomputed: found}
		for _, verifier := range []*attest.Verifier{asking, asksNothing} {
			report := held(t, verifier, receipt, text, evidence)
			if check := checkOf(t, report, "recompute"); report.Valid || check.Code != code || check.Detail != found.Detail {
				t.Errorf("%s: %s", code, report.JSON())
			}
		}
		if report := held(t, asking, receipt, text, evidence); report.PolicyCompliance.Violations[0].Code != "not_recomputed" {
			t.Errorf("%s: %s", code, report.JSON())
		}
	}
}

func TestEveryFileAtHandHasToBeAttested(t *testing.T) {
	verifier, receipt, text := requiring(t)
	dir := workspaceOf(t)
	app, other := digestOf(t, read(t, filepath.Join(dir, "out/app"))), digestOf(t, []byte("other"))
	evidence := &attest.Evidence{Recomputed: recompute(t, receipt, dir), Files: map[string]string{"dist/app": app}}
	if report := held(t, verifier, receipt, text, evidence); !report.Valid || checkOf(t, report, "artifacts").Code != "ok" {
		t.Errorf("%s", report.JSON())
	}
	evidence.Files["dist/other"] = other
	if report := held(t, verifier, receipt, text, evidence); report.Valid || checkOf(t, report, "artifacts").Code != "file_not_attested" {
		t.Errorf("%s", report.JSON())
	}
}

func TestEvidenceThatCannotBeUsedIsNamed(t *testing.T) {
	verifier, receipt, text := requiring(t)
	for named, evidence := range map[string]*attest.Evidence{
		"the evidence is nil": nil,
		"`recomputed.status`": {Recomputed: &attest.Recomputed{Status: "matched"}},
		"recomputed":          {Recomputed: &attest.Recomputed{}},
		"dist/app":            {Files: map[string]string{"dist/app": "blake3:00"}},
		"dist/none":           {Files: map[string]string{"dist/none": ""}},
		"UTF-8":               {Recomputed: &attest.Recomputed{Status: "mismatch", Detail: "\xff"}},
	} {
		_, report := verifier.ReportWith(receipt, evidence)
		_, ofBytes := verifier.ReportBytesWith(text, evidence)
		_, valid := verifier.VerifyReceiptWith(receipt, evidence)
		_, bytesValid := verifier.VerifyBytesWith(text, evidence)
		for _, err := range []error{report, ofBytes, valid, bytesValid} {
			if !errors.Is(err, attest.ErrConfig) || !strings.Contains(err.Error(), named) {
				t.Errorf("%s: %v", named, err)
			}
		}
	}
	evidence := &attest.Evidence{}
	var none *attest.Verifier
	if _, err := none.ReportWith(receipt, evidence); !errors.Is(err, attest.ErrConfig) {
		t.Error(err)
	}
	if _, err := verifier.VerifyReceiptWith(nil, evidence); !errors.Is(err, attest.ErrConfig) {
		t.Error(err)
	}
	if err := verifier.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := verifier.VerifyBytesWith(text, evidence); !errors.Is(err, attest.ErrClosed) {
		t.Error(err)
	}
}
