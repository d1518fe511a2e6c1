package attest

import (
	"context"
	"encoding/json"
	"fmt"
)

// BulkItem is one of the executions that [Pipelines.BulkExecute] starts.
type BulkItem struct {
	// PipelineID is which pipeline to execute.
	PipelineID string
	// ExecuteOptions are those of this execution.
	ExecuteOptions
}

// BulkResult is what became of one [BulkItem]: an execution or an error.
type BulkResult struct {
	// Index of the item, from 0.
	Index int
	// Execution that was started; nil where Error is not.
	Execution *Execution
	// Error is why none was started.
	Error error
}

type bulkOnWire struct {
	PipelineID string `json:"pipeline_id"`
	*executeOnWire
}

// BulkExecute starts several executions in one call. Results are in the order of the items; one that fails does not keep
// the others from starting. The error beside them is that of the call as a whole.
func (p *Pipelines) BulkExecute(ctx context.Context, items []BulkItem) ([]BulkResult, error) {
	client, err := p.owner()
	if err != nil {
		return nil, err
	}
	wire := make([]bulkOnWire, len(items))
	for i, item := range items {
		options, err := item.onWire()
		if err != nil {
			return nil, fmt.Errorf("item %d: %w", i, err)
		}
		wire[i] = bulkOnWire{PipelineID: item.PipelineID, executeOnWire: options}
	}
	body, err := encode(KindValidationError, "the executions", wire)
	if err != nil {
		return nil, err
	}
	answer, err := client.native.BulkExecute(ctx, body)
	if err != nil {
		return nil, received(client, err)
	}
	return readBulk(client, answer, len(items))
}

func readBulk(client *Client, answer []byte, count int) ([]BulkResult, error) {
	var read struct {
		Results []struct {
			Index     int             `json:"index"`
			Execution json.RawMessage `json:"execution"`
			Error     json.RawMessage `json:"error"`
		} `json:"results"`
	}
	if err := decode("the list of results", answer, &read); err != nil {
		return nil, err
	}
	if len(read.Results) != count {
		return nil, failure(KindDecode, fmt.Sprintf("the server answered %d executions with %d results", count, len(read.Results)))
	}
	results := make([]BulkResult, count)
	for i, one := range read.Results {
		if one.Index != i {
			return nil, failure(KindDecode, fmt.Sprintf("result %d of the server says that it is result %d", i, one.Index))
		}
		results[i].Index = i
		if len(one.Execution) == 0 {
			results[i].Error = parseFailure(client, one.Error)
			continue
		}
		execution, err := readExecution(client, one.Execution)
		if err != nil {
			return nil, err
		}
		results[i].Execution = execution
	}
	return results, nil
}
