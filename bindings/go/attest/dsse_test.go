package attest_test

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/attest-dev/go-sdk/attest"
	"github.com/attest-dev/go-sdk/internal/testserver"
)

func golden(name string) string {
	return filepath.Join(testserver.Checkout(), "tests", "provenance", "golden", name)
}

// exportable is the receipt, key and workspace whose export every language compares with.
func exportable(t *testing.T) (*attest.Receipt, *attest.SigningKey, string) {
	t.Helper()
	key, err := attest.ParseSigningKey(read(t, golden("key.pem")))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := attest.ParseReceipt(read(t, vectors("receipts", "basic", "receipt.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	receipt, err := parsed.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return receipt, key, golden("workspace")
}

func TestAnExportIsTheSameBytesAsInEveryLanguage(t *testing.T) {
	receipt, key, workspace := exportable(t)
	for name, options := range map[string]*attest.DSSEOptions{
		"basic.intoto.jsonl":  nil,
		"basic.sigstore.json": {Format: attest.DSSEFormatSigstore, Subjects: []string{"./out/app"}},
	} {
		text, err := receipt.ToDSSE(context.Background(), workspace, key, options)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(text, read(t, golden(name))) {
			t.Errorf("%s is another: %s", name, text)
		}
	}
}

func TestWhatCannotBeExportedIsAnErrorThatSaysWhy(t *testing.T) {
	receipt, key, workspace := exportable(t)
	other, err := attest.GenerateSigningKey()
	if err != nil {
		t.Fatal(err)
	}
	ended, end := context.WithCancel(context.Background())
	end()
	if _, err := receipt.ToDSSE(ended, workspace, key, nil); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for _, refused := range []struct {
		workspace string
		key       *attest.SigningKey
		options   attest.DSSEOptions
		kind      error
		words     string
	}{
		{workspace, other, attest.DSSEOptions{}, attest.ErrConfig, "use the key that signed the receipt"},
		{workspace, nil, attest.DSSEOptions{}, attest.ErrConfig, "key"},
		{workspace, key, attest.DSSEOptions{Subjects: []string{"out/none"}}, attest.ErrConfig, "attests no"},
		{workspace, key, attest.DSSEOptions{BuilderID: "me"}, attest.ErrConfig, "builder id"},
		{workspace, key, attest.DSSEOptions{Format: "jsonl"}, attest.ErrConfig, "intoto and sigstore"},
		{filepath.Join(workspace, "none"), key, attest.DSSEOptions{}, attest.ErrIO, "none"},
	} {
		_, err := receipt.ToDSSE(context.Background(), refused.workspace, refused.key, &refused.options)
		if !errors.Is(err, refused.kind) || !strings.Contains(err.Error(), refused.words) {
			t.Errorf("%v: %v", refused.words, err)
		}
	}
}
