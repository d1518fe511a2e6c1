package attest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/attest-dev/go-sdk/attest"
)

func TestWebhookSignatures(t *testing.T) {
	const signature = "sha256=734cc62f32841568f45715aeb9f4d7891324e6d948e4c6c60c0621cdac48623a"
	body := []byte("hello world")
	if !attest.VerifyWebhook(body, signature, "secret") {
		t.Error("it is the signature")
	}
	for _, wrong := range []bool{
		attest.VerifyWebhook([]byte("hello world!"), signature, "secret"),
		attest.VerifyWebhook(body, signature, "other"),
		attest.VerifyWebhook(body, signature[:len(signature)-1], "secret"),
		attest.VerifyWebhook(body, "", "secret"),
		attest.VerifyWebhook(nil, "", ""),
	} {
		if wrong {
			t.Error("it is not the signature")
		}
	}
}

func TestDigests(t *testing.T) {
	// BLAKE3 of nothing, from its authors' test vectors.
	digest, err := attest.DigestOf(nil)
	if err != nil || digest != "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262" {
		t.Error(digest, err)
	}
}

func TestManifests(t *testing.T) {
	workspace := t.TempDir()
	if err := os.WriteFile(filepath.Join(workspace, "a"), []byte("content"), 0o644); err != nil {
		t.Fatal(err)
	}
	inputs, err := attest.HashInputs(workspace, "make", []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	outputs, err := attest.HashOutputs(workspace, []string{"a"})
	if err != nil {
		t.Fatal(err)
	}
	for _, manifest := range []*attest.ManifestHash{inputs, outputs} {
		if digest, err := attest.DigestOf([]byte(manifest.Text)); err != nil || digest != manifest.Digest {
			t.Error(manifest, err)
		}
	}
	if inputs.Digest == outputs.Digest {
		t.Error("the command is part of what a step reads")
	}
	if nothing, err := attest.HashOutputs(workspace, nil); err != nil || nothing.Text == "" {
		t.Error(nothing, err)
	}
	_, err = attest.HashOutputs(workspace, []string{"missing"})
	expect(t, err, attest.ErrIO, "missing")
	_, err = attest.HashOutputs(workspace, []string{"../outside"})
	expect(t, err, attest.ErrIO, "outside")
}
