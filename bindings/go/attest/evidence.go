package attest

// Evidence is what a receipt is held against, beside what it says itself. It is believed, so find it out where you verify.
type Evidence struct {
	// Recomputed is what [Recompute] gave for this very receipt: a match meets require-recompute, and anything else is never
	// valid. Nil where it was not done.
	Recomputed *Recomputed `json:"recomputed,omitempty"`
	// Files at hand, each of which the receipt has to attest: what to call it in the report, and the digest of its content, as
	// [DigestOf] gives it. [Verifier.VerifyArtifact] hashes a file by itself.
	Files map[string]string `json:"files,omitempty"`
}

// VerifyReceiptWith is [Verifier.VerifyReceipt], held against evidence.
func (v *Verifier) VerifyReceiptWith(receipt *Receipt, evidence *Evidence) (bool, error) {
	text, err := v.holding(evidence)
	if err != nil {
		return false, err
	}
	if err := receipt.usable(); err != nil {
		return false, err
	}
	valid, err := v.native.VerifyReceiptWith(receipt.native, text)
	return valid, received(nil, err)
}

// VerifyBytesWith is [Verifier.VerifyBytes], held against evidence.
func (v *Verifier) VerifyBytesWith(receipt []byte, evidence *Evidence) (bool, error) {
	text, err := v.holding(evidence)
	if err != nil {
		return false, err
	}
	valid, err := v.native.VerifyBytesWith(receipt, text)
	return valid, received(nil, err)
}

// ReportWith is [Verifier.Report], held against evidence. A status or a digest that is none is an error of kind config.
func (v *Verifier) ReportWith(receipt *Receipt, evidence *Evidence) (*Report, error) {
	text, err := v.holding(evidence)
	if err != nil {
		return nil, err
	}
	if err := receipt.usable(); err != nil {
		return nil, err
	}
	return readReport(v.native.ReportOnReceiptWith(receipt.native, text))
}

// ReportBytesWith is [Verifier.ReportBytes], held against evidence.
func (v *Verifier) ReportBytesWith(receipt []byte, evidence *Evidence) (*Report, error) {
	text, err := v.holding(evidence)
	if err != nil {
		return nil, err
	}
	return readReport(v.native.ReportOnBytesWith(receipt, text))
}

// holding is the evidence on its way to a verifier that can be used.
func (v *Verifier) holding(evidence *Evidence) ([]byte, error) {
	if err := v.usable(); err != nil {
		return nil, err
	}
	if evidence == nil {
		return nil, failure(KindConfig, "the evidence is nil: pass &attest.Evidence{Recomputed: …}, or call the method without With")
	}
	return encode(KindConfig, "the evidence", evidence)
}
