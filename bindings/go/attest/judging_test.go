package attest_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/attest-dev/go-sdk/attest"
)

func judge(t *testing.T) (*attest.Verifier, []byte) {
	t.Helper()
	text := read(t, vectors("receipts", "basic", "receipt.yaml"))
	now := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	verifier, err := attest.NewVerifier(&attest.VerifierOptions{TrustStore: vectors("receipts", "basic", "trust"), Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return verifier, text
}

func workspaceOf(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.Command("tar", "-xf", vectors("receipts", "basic", "workspace.tar"), "-C", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return dir
}

func TestABatchGivesEachReceiptItsOwnVerdictInOrder(t *testing.T) {
	verifier, text := judge(t)
	changed := bytes.Replace(text, []byte("exit_code: 0"), []byte("exit_code: 1"), 1)
	var receipts [][]byte
	for range 20 {
		receipts = append(receipts, text, changed, []byte("{"), []byte("{}"), nil)
	}
	results, err := verifier.VerifyBatch(context.Background(), receipts)
	if err != nil || len(results) != len(receipts) {
		t.Fatal(len(results), err)
	}
	for i, result := range results {
		alone, err := verifier.ReportBytes(receipts[i])
		switch {
		case err != nil:
			if result.Report != nil || !errors.Is(result.Error, attest.ErrReceiptFormat) || result.Error.Error() != err.Error() {
				t.Errorf("receipt %d: %v, alone %v", i, result, err)
			}
		case result.Error != nil || !bytes.Equal(result.Report.JSON(), alone.JSON()):
			t.Errorf("receipt %d: %v", i, result)
		}
	}
	if !results[0].Report.Valid || results[1].Report.Valid || results[2].Error == nil {
		t.Error(results[:3])
	}
	if none, err := verifier.VerifyBatch(context.Background(), nil); err != nil || len(none) != 0 {
		t.Error(none, err)
	}
}

func TestABatchEndsWithItsContext(t *testing.T) {
	verifier, text := judge(t)
	many := make([][]byte, 50_000)
	for i := range many {
		many[i] = text
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := verifier.VerifyBatch(ctx, many); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	ctx, cancel = context.WithCancel(context.Background())
	go cancel()
	if _, err := verifier.VerifyBatch(ctx, many); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestAFileIsAttestedByItsContent(t *testing.T) {
	verifier, text := judge(t)
	receipt, err := attest.ParseReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	ctx, app := context.Background(), filepath.Join(workspaceOf(t), "out/app")
	found, err := verifier.VerifyArtifact(ctx, receipt, app)
	if err != nil || !found.Valid || len(found.Attested) != 1 || found.Attested[0] != (attest.AttestedFile{Step: "build", Path: "out/app"}) {
		t.Fatal(found, err)
	}
	content := read(t, app)
	same, err := verifier.VerifyArtifactBytes(receipt, content)
	if err != nil || !same.Valid || same.Digest != found.Digest || !bytes.Equal(same.Report.JSON(), found.Report.JSON()) {
		t.Fatal(same, err)
	}
	other, err := verifier.VerifyArtifactBytes(receipt, append(content, '!'))
	if err != nil || other.Valid || len(other.Attested) != 0 || !strings.Contains(string(other.Report.JSON()), "file_not_attested") {
		t.Fatal(other, err)
	}
	stranger, err := attest.NewVerifier(&attest.VerifierOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if doubted, err := stranger.VerifyArtifact(ctx, receipt, app); err != nil || doubted.Valid || len(doubted.Attested) != 1 {
		t.Fatal(doubted, err)
	}
}

func TestWhatIsNoFileIsAnErrorAndNotWaitedFor(t *testing.T) {
	verifier, text := judge(t)
	receipt, err := attest.ParseReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	fifo := filepath.Join(dir, "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, why := range map[string]string{dir: "directory", fifo: "neither a file", filepath.Join(dir, "absent"): "absent"} {
		_, err := verifier.VerifyArtifact(context.Background(), receipt, path)
		if !errors.Is(err, attest.ErrIO) || !strings.Contains(err.Error(), why) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestHashesAreDerivedAgainFromFiles(t *testing.T) {
	_, text := judge(t)
	receipt, err := attest.ParseReceipt(text)
	if err != nil {
		t.Fatal(err)
	}
	ctx, dir := context.Background(), workspaceOf(t)
	if found, err := attest.Recompute(ctx, receipt, dir, nil); err != nil || *found != (attest.Recomputed{Status: "match"}) {
		t.Fatal(found, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "out/app"), []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	if found, err := attest.Recompute(ctx, receipt, dir, nil); err != nil || found.Status != "mismatch" || !strings.Contains(found.Detail, "out/app") {
		t.Fatal(found, err)
	}
	if found, err := attest.Recompute(ctx, receipt, t.TempDir(), nil); err != nil || found.Status != "failed" {
		t.Fatal(found, err)
	}
	ended, cancel := context.WithCancel(ctx)
	cancel()
	if _, err := attest.Recompute(ended, receipt, dir, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
