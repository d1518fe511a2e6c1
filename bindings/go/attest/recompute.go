package attest

import "context"

// Recomputed is what deriving a receipt's hashes again from files gave.
type Recomputed struct {
	// Status is match, mismatch, or failed where something could not be hashed.
	Status string `json:"status"`
	// Detail is what differs, or could not be hashed, for people; empty where nothing does.
	Detail string `json:"detail"`
}

// Recompute derives every hash of a receipt again, from the files in workspace: the source and every output. It says whether
// the files at hand are those that the receipt is about; it judges no signature, which a [Verifier] does. pipeline is the text of
// the pipeline that ran; where it is empty, workspace/attest.yaml is read. The end of the context ends the reading.
func Recompute(ctx context.Context, receipt *Receipt, workspace string, pipeline []byte) (*Recomputed, error) {
	if err := receipt.usable(); err != nil {
		return nil, err
	}
	text, err := receipt.native.Recompute(ctx, workspace, pipeline)
	if err != nil {
		return nil, received(nil, err)
	}
	recomputed := &Recomputed{}
	if err := decode("what recomputing gave", text, recomputed); err != nil {
		return nil, err
	}
	return recomputed, nil
}
