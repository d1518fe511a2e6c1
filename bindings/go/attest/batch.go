package attest

import (
	"context"
	"encoding/json"
	"fmt"
)

// BatchResult is what became of one receipt of [Verifier.VerifyBatch]: a report or an error.
type BatchResult struct {
	// Report is the verdict; nil where Error is not.
	Report *Report
	// Error, of kind receipt_format, is for bytes nothing can be said about.
	Error error
}

// VerifyBatch returns the verdicts on many receipts, JSON or YAML, in their order, judged on all cores. Each is the verdict
// that [Verifier.ReportBytes] gives alone; bytes nothing can be said about keep no other receipt from its verdict. The end of
// the context ends it between two receipts, and is the error beside the results.
func (v *Verifier) VerifyBatch(ctx context.Context, receipts [][]byte) ([]BatchResult, error) {
	if err := v.usable(); err != nil {
		return nil, err
	}
	text, err := v.native.VerifyBatch(ctx, receipts)
	if err != nil {
		return nil, received(nil, err)
	}
	var read []struct {
		Report json.RawMessage `json:"report"`
		Error  json.RawMessage `json:"error"`
	}
	if err := decode("the list of reports", text, &read); err != nil {
		return nil, err
	}
	if len(read) != len(receipts) {
		return nil, failure(KindInternal, fmt.Sprintf("%d receipts have %d verdicts", len(receipts), len(read)))
	}
	results := make([]BatchResult, len(read))
	for i, one := range read {
		if len(one.Report) == 0 {
			results[i].Error = parseFailure(nil, one.Error)
			continue
		}
		if results[i].Report, err = readReport(one.Report, nil); err != nil {
			return nil, err
		}
	}
	return results, nil
}
