//go:build !cgo || !(linux || darwin) || !(amd64 || arm64)

package native

import (
	"context"
	"time"
)

// Nothing makes values of these types here, so their methods are never reached; they are there to compile against.
type (
	Client     struct{}
	Stream     struct{}
	Receipt    struct{}
	Verifier   struct{}
	SigningKey struct{}
)

func NewClient([]byte, string) (*Client, error)            { return nil, ErrNoNative }
func ParseReceipt([]byte) (*Receipt, error)                { return nil, ErrNoNative }
func NewVerifier([]byte) (*Verifier, error)                { return nil, ErrNoNative }
func GenerateSigningKey() (*SigningKey, error)             { return nil, ErrNoNative }
func ParseSigningKey([]byte) (*SigningKey, error)          { return nil, ErrNoNative }
func HashInputs(string, string, []byte) ([]byte, error)    { return nil, ErrNoNative }
func HashOutputs(string, []byte) ([]byte, error)           { return nil, ErrNoNative }
func DigestOf([]byte) ([]byte, error)                      { return nil, ErrNoNative }
func VerifyWebhook(payload, signature, secret []byte) bool { return false }

func (*Client) Close()                                                  {}
func (*Client) CreatePipeline(context.Context, []byte) ([]byte, error)  { return nil, ErrNoNative }
func (*Client) GetPipeline(context.Context, string) ([]byte, error)     { return nil, ErrNoNative }
func (*Client) ListPipelines(context.Context, []byte) ([]byte, error)   { return nil, ErrNoNative }
func (*Client) BulkExecute(context.Context, []byte) ([]byte, error)     { return nil, ErrNoNative }
func (*Client) GetExecution(context.Context, string) ([]byte, error)    { return nil, ErrNoNative }
func (*Client) CancelExecution(context.Context, string) ([]byte, error) { return nil, ErrNoNative }
func (*Client) CacheStats(context.Context) ([]byte, error)              { return nil, ErrNoNative }
func (*Client) StreamLogs(string, []byte) (*Stream, error)              { return nil, ErrNoNative }
func (*Client) StreamEvents(string, string) (*Stream, error)            { return nil, ErrNoNative }
func (*Client) ExecutePipeline(context.Context, string, []byte) ([]byte, error) {
	return nil, ErrNoNative
}
func (*Client) WaitForCompletion(context.Context, string, time.Duration) ([]byte, error) {
	return nil, ErrNoNative
}
func (*Client) GetReceipt(context.Context, string, bool) (*Receipt, error) { return nil, ErrNoNative }

func (*Stream) Next(context.Context) ([]byte, error) { return nil, ErrNoNative }
func (*Stream) Close()                               {}

func (*Receipt) Verify() (bool, error)               { return false, ErrNoNative }
func (*Receipt) Report() ([]byte, error)             { return nil, ErrNoNative }
func (*Receipt) ToJSON() ([]byte, error)             { return nil, ErrNoNative }
func (*Receipt) ToYAML() ([]byte, error)             { return nil, ErrNoNative }
func (*Receipt) Hash() ([]byte, error)               { return nil, ErrNoNative }
func (*Receipt) KeyID() ([]byte, error)              { return nil, ErrNoNative }
func (*Receipt) ServerVerification() ([]byte, error) { return nil, ErrNoNative }
func (*Receipt) ToDSSE(string, *SigningKey, []byte) ([]byte, error) {
	return nil, ErrNoNative
}
func (*Receipt) Sign(*SigningKey) (*Receipt, error) { return nil, ErrNoNative }
func (*Receipt) Close()                             {}
func (*Receipt) Recompute(context.Context, string, []byte) ([]byte, error) {
	return nil, ErrNoNative
}

func (*Verifier) VerifyBytes([]byte) (bool, error)         { return false, ErrNoNative }
func (*Verifier) ReportOnBytes([]byte) ([]byte, error)     { return nil, ErrNoNative }
func (*Verifier) VerifyReceipt(*Receipt) (bool, error)     { return false, ErrNoNative }
func (*Verifier) ReportOnReceipt(*Receipt) ([]byte, error) { return nil, ErrNoNative }
func (*Verifier) Close()                                   {}
func (*Verifier) VerifyBytesWith(receipt, evidence []byte) (bool, error) {
	return false, ErrNoNative
}
func (*Verifier) ReportOnBytesWith(receipt, evidence []byte) ([]byte, error) {
	return nil, ErrNoNative
}
func (*Verifier) VerifyReceiptWith(*Receipt, []byte) (bool, error)     { return false, ErrNoNative }
func (*Verifier) ReportOnReceiptWith(*Receipt, []byte) ([]byte, error) { return nil, ErrNoNative }
func (*Verifier) VerifyBatch(context.Context, [][]byte) ([]byte, error) {
	return nil, ErrNoNative
}
func (*Verifier) VerifyArtifact(context.Context, *Receipt, string) ([]byte, error) {
	return nil, ErrNoNative
}
func (*Verifier) VerifyArtifactBytes(*Receipt, []byte) ([]byte, error) { return nil, ErrNoNative }

func (*SigningKey) ToPEM() ([]byte, error)     { return nil, ErrNoNative }
func (*SigningKey) PublicKey() ([]byte, error) { return nil, ErrNoNative }
func (*SigningKey) KeyID() ([]byte, error)     { return nil, ErrNoNative }
func (*SigningKey) Close()                     {}
