package attest

import (
	"time"

	"github.com/attest-dev/go-sdk/internal/native"
)

// VerifierOptions say by what a [Verifier] judges. There is no policy that is not asked for.
type VerifierOptions struct {
	// TrustedKeys may sign. Nobody may where there are none, nil or empty, and no TrustStore.
	TrustedKeys []TrustedKey
	// TrustStore is a trust store's folder, in the place of keys.
	TrustStore string
	// Policies have to be met, such as require-success or max-age-24h.
	Policies []string
	// Expect is what the receipt must be of, such as ExpectCommit(sha). One without a value is an error of kind config.
	Expect []Expectation
	// Now is the moment to judge by; the system's clock at each verification where it is zero.
	Now time.Time
	// TrustReceiptTimestamp judges keys by the receipt's own time.
	TrustReceiptTimestamp bool
}

// Verifier judges receipts, without any network I/O. Made once, it is used many times.
type Verifier struct {
	native *native.Verifier
}

type verifierOnWire struct {
	TrustedKeys           []TrustedKey `json:"trusted_keys,omitzero"`
	TrustStore            string       `json:"trust_store,omitempty"`
	Policies              []string     `json:"policies,omitempty"`
	Expect                expectOnWire `json:"expect,omitzero"`
	Now                   time.Time    `json:"now,omitzero"`
	TrustReceiptTimestamp bool         `json:"trust_receipt_timestamp,omitempty"`
}

// NewVerifier makes a verifier.
func NewVerifier(options *VerifierOptions) (*Verifier, error) {
	if options == nil {
		return nil, failure(KindConfig, "the verifier's options are nil: pass &attest.VerifierOptions{TrustedKeys: …}")
	}
	expected, err := onWire(options.Expect)
	if err != nil {
		return nil, err
	}
	wire := verifierOnWire{
		TrustedKeys:           options.TrustedKeys,
		TrustStore:            options.TrustStore,
		Policies:              options.Policies,
		Expect:                expected,
		Now:                   options.Now,
		TrustReceiptTimestamp: options.TrustReceiptTimestamp,
	}
	text, err := encode(KindConfig, "the verifier's options", &wire)
	if err != nil {
		return nil, err
	}
	made, err := native.NewVerifier(text)
	if err != nil {
		return nil, received(nil, err)
	}
	return &Verifier{native: made}, nil
}

// CreateVerifier is [NewVerifier], as the other languages' clients have it. Of the client's own options it takes none.
func (c *Client) CreateVerifier(options *VerifierOptions) (*Verifier, error) {
	if _, err := c.use(); err != nil {
		return nil, err
	}
	return NewVerifier(options)
}

// VerifyReceipt says whether the receipt passes everything that is asked.
func (v *Verifier) VerifyReceipt(receipt *Receipt) (bool, error) {
	if err := v.usable(); err != nil {
		return false, err
	}
	if err := receipt.usable(); err != nil {
		return false, err
	}
	valid, err := v.native.VerifyReceipt(receipt.native)
	return valid, received(nil, err)
}

// VerifyBytes is [Verifier.VerifyReceipt] of a receipt's bytes, JSON or YAML.
func (v *Verifier) VerifyBytes(receipt []byte) (bool, error) {
	if err := v.usable(); err != nil {
		return false, err
	}
	valid, err := v.native.VerifyBytes(receipt)
	return valid, received(nil, err)
}

// Report is the verdict in full.
func (v *Verifier) Report(receipt *Receipt) (*Report, error) {
	if err := v.usable(); err != nil {
		return nil, err
	}
	if err := receipt.usable(); err != nil {
		return nil, err
	}
	return readReport(v.native.ReportOnReceipt(receipt.native))
}

// ReportBytes is [Verifier.Report] of a receipt's bytes, JSON or YAML. A bad receipt is a verdict; bytes nothing can be
// said about are an error of kind receipt_format.
func (v *Verifier) ReportBytes(receipt []byte) (*Report, error) {
	if err := v.usable(); err != nil {
		return nil, err
	}
	return readReport(v.native.ReportOnBytes(receipt))
}

// Close frees the verifier's memory now instead of when it is collected. Later uses are errors of kind closed. Closing
// again is harmless. It always returns nil.
func (v *Verifier) Close() error {
	if v != nil && v.native != nil {
		v.native.Close()
	}
	return nil
}

func (v *Verifier) usable() error {
	if v == nil || v.native == nil {
		return failure(KindConfig, "there is no verifier: make one with attest.NewVerifier")
	}
	return nil
}
