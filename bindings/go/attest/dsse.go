package attest

import (
	"context"

	"github.com/attest-dev/go-sdk/internal/native"
)

// DSSEOptions is what an exported receipt is about, and how it is written.
type DSSEOptions struct {
	// Subjects are paths of the workspace; empty for the files of every step whose outputs no other step builds on.
	Subjects []string `json:"subjects,omitempty"`
	// BuilderID is a URI; empty for a URN that vouches for nobody.
	BuilderID string `json:"builder_id,omitempty"`
	// Format is [DSSEFormatInToto], which is the default, or [DSSEFormatSigstore].
	Format DSSEFormat `json:"format,omitempty"`
}

// DSSEFormat is how an exported receipt is written.
type DSSEFormat string

const (
	// DSSEFormatInToto is a DSSE envelope.
	DSSEFormatInToto DSSEFormat = "intoto"
	// DSSEFormatSigstore is a DSSE envelope in a sigstore bundle.
	DSSEFormatSigstore DSSEFormat = "sigstore"
)

// ToDSSE returns the receipt as SLSA provenance for other verifiers, signed by key, which must be the one that signed the
// receipt: one line of JSON, its line break included. The subjects are files of workspace, each held against the receipt.
// options may be nil.
//
// It reads files on the calling goroutine and its thread; a context that ends meanwhile does not end it.
func (r *Receipt) ToDSSE(ctx context.Context, workspace string, key *SigningKey, options *DSSEOptions) ([]byte, error) {
	if err := native.Ended(ctx); err != nil {
		return nil, received(nil, err)
	}
	if err := r.usable(); err != nil {
		return nil, err
	}
	if err := key.usable(); err != nil {
		return nil, err
	}
	if options == nil {
		options = &DSSEOptions{}
	}
	given, err := encode(KindConfig, "the options of an export", options)
	if err != nil {
		return nil, err
	}
	text, err := r.native.ToDSSE(workspace, key.native, given)
	return text, received(nil, err)
}
