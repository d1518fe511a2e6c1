package attest

// Report is the verdict on one receipt.
type Report struct {
	// Valid is true only if nothing failed and every policy is met.
	Valid bool `json:"valid"`
	// Checks are always all of them, in the same order.
	Checks []Check `json:"checks"`
	// SignatureVerification says who signed.
	SignatureVerification SignatureReport `json:"signature_verification"`
	// PolicyCompliance says which policies were asked, and which are not met.
	PolicyCompliance PolicyReport `json:"policy_compliance"`
	// TimestampCheck says how old the receipt is by its own word.
	TimestampCheck TimestampReport `json:"timestamp_check"`
	// ReceiptHash is blake3:… of the canonical bytes; empty where the structure is wrong.
	ReceiptHash string `json:"receipt_hash"`
	// Execution says how the run ended, by the receipt.
	Execution ExecutionReport `json:"execution"`
	// TrustMaterial says where the trusted keys come from.
	TrustMaterial TrustReport `json:"trust_material"`
	// Warnings are what is not wrong and should be known.
	Warnings []Warning `json:"warnings"`

	text []byte
}

// Check is one check and its result.
type Check struct {
	// Name is schema, consistency, signature, trust, timestamp, binding, policy, artifacts or recompute.
	Name string `json:"name"`
	// Status is pass, fail or skipped. What is skipped satisfies nothing.
	Status string `json:"status"`
	// Code is a stable word.
	Code string `json:"code"`
	// Detail is the same for people.
	Detail string `json:"detail"`
}

// SignatureReport says who signed.
type SignatureReport struct {
	// Valid says whether the signature is the key's over this receipt.
	Valid bool `json:"valid"`
	// Signer is whose key it is, by the trusted keys; empty where they do not say.
	Signer string `json:"signer"`
	// KeyID of the key that signed; empty where none did.
	KeyID string `json:"key_id"`
	// Algorithm is ed25519.
	Algorithm string `json:"algorithm"`
	// Trusted says whether the key is trusted, for this receipt, now.
	Trusted bool `json:"trusted"`
}

// PolicyReport says which policies were asked, and which are not met.
type PolicyReport struct {
	// Passed says whether every one is met.
	Passed bool `json:"passed"`
	// Evaluated are the policies that were asked, in order.
	Evaluated []string `json:"evaluated"`
	// Violations are those that are not met, in order.
	Violations []Violation `json:"violations"`
}

// Violation is a policy that is not met.
type Violation struct {
	// Policy as it was asked.
	Policy string `json:"policy"`
	// Code is a stable word.
	Code string `json:"code"`
	// Message is the same for people.
	Message string `json:"message"`
	// Step it is about, where it is about one.
	Step string `json:"step,omitempty"`
	// Expected is what should stand there.
	Expected string `json:"expected,omitempty"`
	// Found is what stands there.
	Found string `json:"found,omitempty"`
}

// TimestampReport says how old a receipt is.
type TimestampReport struct {
	// Valid says whether the time is possible.
	Valid bool `json:"valid"`
	// AgeHours is never negative; nil where the structure is wrong.
	AgeHours *float64 `json:"age_hours"`
	// Source is whose word it is.
	Source string `json:"source"`
}

// ExecutionReport says how a run ended, by its receipt.
type ExecutionReport struct {
	// Outcome is success, failure, incomplete or unknown.
	Outcome string `json:"outcome"`
	// FailedSteps are the names of the steps that exited with another code than 0.
	FailedSteps []string `json:"failed_steps"`
}

// TrustReport says where the trusted keys come from.
type TrustReport struct {
	// State is given, store, fetched_from_server or none.
	State string `json:"state"`
	// AsOf is when they were fetched (RFC 3339); empty where they were not.
	AsOf string `json:"as_of"`
}

// Warning is something that is not wrong and should be known.
type Warning struct {
	// Code is a stable word.
	Code string `json:"code"`
}

// JSON returns the report's exact text, the same in every language. It is the caller's to change.
func (r *Report) JSON() []byte {
	if r == nil {
		return nil
	}
	return append([]byte(nil), r.text...)
}

func readReport(text []byte, err error) (*Report, error) {
	if err != nil {
		return nil, received(nil, err)
	}
	report := &Report{text: text}
	if err := decode("the report", text, report); err != nil {
		return nil, err
	}
	return report, nil
}
