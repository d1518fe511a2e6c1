package attest

import "github.com/attest-dev/go-sdk/internal/native"

// ManifestHash is what a step reads or writes, hashed.
type ManifestHash struct {
	// Digest is blake3:… of the text, as receipts have it.
	Digest string `json:"digest"`
	// Text is the manifest itself, attest-manifest/v1.
	Text string `json:"text"`
}

// HashInputs returns the input manifest of a step: what run, its command, reads of workspace by the declared paths. It
// reads files, and may take long.
func HashInputs(workspace, run string, declared []string) (*ManifestHash, error) {
	paths, err := declaredPaths(declared)
	if err != nil {
		return nil, err
	}
	return readManifest(native.HashInputs(workspace, run, paths))
}

// HashOutputs returns the output manifest of a step: what it wrote into workspace, by the declared paths. It reads files,
// and may take long.
func HashOutputs(workspace string, declared []string) (*ManifestHash, error) {
	paths, err := declaredPaths(declared)
	if err != nil {
		return nil, err
	}
	return readManifest(native.HashOutputs(workspace, paths))
}

// DigestOf returns blake3:… of data.
func DigestOf(data []byte) (string, error) {
	text, err := native.DigestOf(data)
	return string(text), received(nil, err)
}

func declaredPaths(declared []string) ([]byte, error) {
	if declared == nil {
		declared = []string{}
	}
	return encode(KindValidationError, "the declared paths", declared)
}

func readManifest(text []byte, err error) (*ManifestHash, error) {
	if err != nil {
		return nil, received(nil, err)
	}
	manifest := &ManifestHash{}
	if err := decode("the manifest", text, manifest); err != nil {
		return nil, err
	}
	return manifest, nil
}
