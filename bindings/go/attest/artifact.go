package attest

import (
	"context"
	"encoding/json"
)

// ArtifactReport is the verdict on a receipt and a file together.
type ArtifactReport struct {
	// Valid is true only if the receipt passes everything asked of it, and attests the file.
	Valid bool
	// Digest is blake3:… of the file's content.
	Digest string
	// Attested are the outputs of the run that have this content; none where the file is not attested.
	Attested []AttestedFile
	// Report is the verdict on the receipt; its check artifacts is about the file.
	Report *Report
}

// AttestedFile is an output of a run.
type AttestedFile struct {
	// Step that wrote it.
	Step string `json:"step"`
	// Path in the workspace. A file at hand may be called otherwise.
	Path string `json:"path"`
}

// VerifyArtifact judges a receipt, and whether it attests the file at path, by its content, whatever it is called now. A link
// is followed; a directory, a FIFO, or a file that changes meanwhile is an error of kind io. The end of the context ends the
// reading.
func (v *Verifier) VerifyArtifact(ctx context.Context, receipt *Receipt, path string) (*ArtifactReport, error) {
	if err := v.usable(); err != nil {
		return nil, err
	}
	if err := receipt.usable(); err != nil {
		return nil, err
	}
	return readArtifact(v.native.VerifyArtifact(ctx, receipt.native, path))
}

// VerifyArtifactBytes is [Verifier.VerifyArtifact] of a file's content.
func (v *Verifier) VerifyArtifactBytes(receipt *Receipt, content []byte) (*ArtifactReport, error) {
	if err := v.usable(); err != nil {
		return nil, err
	}
	if err := receipt.usable(); err != nil {
		return nil, err
	}
	return readArtifact(v.native.VerifyArtifactBytes(receipt.native, content))
}

func readArtifact(text []byte, err error) (*ArtifactReport, error) {
	if err != nil {
		return nil, received(nil, err)
	}
	var read struct {
		Valid    bool            `json:"valid"`
		Digest   string          `json:"digest"`
		Attested []AttestedFile  `json:"attested"`
		Report   json.RawMessage `json:"report"`
	}
	if err := decode("the verdict on the artifact", text, &read); err != nil {
		return nil, err
	}
	report, err := readReport(read.Report, nil)
	if err != nil {
		return nil, err
	}
	return &ArtifactReport{Valid: read.Valid, Digest: read.Digest, Attested: read.Attested, Report: report}, nil
}
