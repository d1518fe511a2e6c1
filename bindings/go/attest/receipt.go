package attest

import (
	"context"

	"github.com/attest-dev/go-sdk/internal/native"
)

// Receipt is a signed record of what an execution did. Its exact bytes are kept.
//
// One that [Execution.GetReceipt] fetched has a verifier attached: it trusts the client's keys, else those that the server
// publishes, and asks that the receipt be of that very execution, meet the client's policies, and be of a run in which
// every step succeeded.
type Receipt struct {
	native *native.Receipt
}

// ServerVerification is a server's own opinion of a receipt. Nothing in this package answers "is it valid?" from it.
type ServerVerification struct {
	// SignatureValid says whether the signature verifies under the key in the receipt.
	SignatureValid bool `json:"signature_valid"`
	// TimestampValid says whether the receipt's time is plausible.
	TimestampValid bool `json:"timestamp_valid"`
	// ChainOfTrust is verified, untrusted, revoked or unsigned. Other values are kept as they were sent.
	ChainOfTrust string `json:"chain_of_trust"`
}

// ParseReceipt reads a receipt, in JSON or YAML. It has no verifier: judge it with a [Verifier].
func ParseReceipt(data []byte) (*Receipt, error) {
	read, err := native.ParseReceipt(data)
	if err != nil {
		return nil, received(nil, err)
	}
	return &Receipt{native: read}, nil
}

// Verify says whether the receipt is authentic and of a successful run, by keys and policies of this side. Nothing is
// asked of the network, and nothing that the server said about it counts. [Receipt.Report] says why not. A receipt that
// did not come through a client has no keys to be judged by: that is an error of kind config.
func (r *Receipt) Verify(ctx context.Context) (bool, error) {
	if err := native.Ended(ctx); err != nil {
		return false, received(nil, err)
	}
	if err := r.usable(); err != nil {
		return false, err
	}
	valid, err := r.native.Verify()
	return valid, received(nil, err)
}

// Report is the verdict of [Receipt.Verify] in full.
func (r *Receipt) Report() (*Report, error) {
	if err := r.usable(); err != nil {
		return nil, err
	}
	return readReport(r.native.Report())
}

// ToJSON returns compact JSON in the API's rendering.
func (r *Receipt) ToJSON() ([]byte, error) { return r.text((*native.Receipt).ToJSON) }

// ToYAML returns YAML in the command-line tool's rendering.
func (r *Receipt) ToYAML() ([]byte, error) { return r.text((*native.Receipt).ToYAML) }

// MarshalJSON is [Receipt.ToJSON].
func (r *Receipt) MarshalJSON() ([]byte, error) { return r.ToJSON() }

// Hash returns blake3:… of the receipt's canonical bytes.
func (r *Receipt) Hash() (string, error) {
	text, err := r.text((*native.Receipt).Hash)
	return string(text), err
}

// KeyID returns the id of the key that is said to have signed, empty where none is. It proves nothing.
func (r *Receipt) KeyID() (string, error) {
	text, err := r.text((*native.Receipt).KeyID)
	return string(text), err
}

// ServerVerification returns the server's own opinion of a receipt that was fetched, nil for another. [Receipt.Verify]
// does not look at it.
func (r *Receipt) ServerVerification() (*ServerVerification, error) {
	text, err := r.text((*native.Receipt).ServerVerification)
	if err != nil || text == nil {
		return nil, err
	}
	opinion := &ServerVerification{}
	if err := decode("the server's opinion", text, opinion); err != nil {
		return nil, err
	}
	return opinion, nil
}

// Sign returns what the receipt says, signed by key. The new receipt has no verifier.
func (r *Receipt) Sign(key *SigningKey) (*Receipt, error) {
	if err := r.usable(); err != nil {
		return nil, err
	}
	if err := key.usable(); err != nil {
		return nil, err
	}
	signed, err := r.native.Sign(key.native)
	if err != nil {
		return nil, received(nil, err)
	}
	return &Receipt{native: signed}, nil
}

// Close frees the receipt's memory now instead of when it is collected. Later uses are errors of kind closed. Closing
// again is harmless. It always returns nil.
func (r *Receipt) Close() error {
	if r != nil && r.native != nil {
		r.native.Close()
	}
	return nil
}

func (r *Receipt) text(of func(*native.Receipt) ([]byte, error)) ([]byte, error) {
	if err := r.usable(); err != nil {
		return nil, err
	}
	text, err := of(r.native)
	return text, received(nil, err)
}

func (r *Receipt) usable() error {
	if r == nil || r.native == nil {
		return failure(KindConfig, "there is no receipt: get one by execution.GetReceipt or attest.ParseReceipt")
	}
	return nil
}
