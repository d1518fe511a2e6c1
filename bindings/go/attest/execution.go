package attest

import (
	"context"
	"fmt"
	"time"

	"github.com/attest-dev/go-sdk/internal/native"
)

// ExecutionStatus is where an execution is in its life: queued, running, then completed, failed or cancelled. Other values
// than these are kept as they were sent.
type ExecutionStatus string

const (
	// ExecutionQueued was accepted, and waits for a free slot.
	ExecutionQueued ExecutionStatus = "queued"
	// ExecutionRunning is at work.
	ExecutionRunning ExecutionStatus = "running"
	// ExecutionCompleted: every step exited 0.
	ExecutionCompleted ExecutionStatus = "completed"
	// ExecutionFailed: a step failed, or the execution itself did.
	ExecutionFailed ExecutionStatus = "failed"
	// ExecutionCancelled: somebody ended it.
	ExecutionCancelled ExecutionStatus = "cancelled"
)

// Terminal says whether nothing will change any more. A status that this version does not know is not terminal.
func (s ExecutionStatus) Terminal() bool {
	return s == ExecutionCompleted || s == ExecutionFailed || s == ExecutionCancelled
}

// StepStatus is where a step is in its life. Other values than these are kept as they were sent.
type StepStatus string

const (
	// StepPending was not started.
	StepPending StepStatus = "pending"
	// StepRunning is at work.
	StepRunning StepStatus = "running"
	// StepCompleted exited 0 with its outputs present.
	StepCompleted StepStatus = "completed"
	// StepFailed exited otherwise, or the engine failed it.
	StepFailed StepStatus = "failed"
	// StepTimedOut was ended by its own time limit.
	StepTimedOut StepStatus = "timed_out"
	// StepSkipped was never started, since a step it needs did not complete.
	StepSkipped StepStatus = "skipped"
	// StepCancelled ended, or never started, since the execution was cancelled.
	StepCancelled StepStatus = "cancelled"
)

// Execution is one run of a pipeline, as the server last described it.
type Execution struct {
	// ID is exec_…, opaque.
	ID string `json:"id"`
	// PipelineID is the pipeline it is of.
	PipelineID string `json:"pipeline_id"`
	// Status is where it is in its life.
	Status ExecutionStatus `json:"status"`
	// ExitCode is that of its first failing step, 0 where it completed, 125 where no step failed but the execution did;
	// nil while it runs and where it was cancelled.
	ExitCode *int `json:"exit_code"`
	// StartedAt is when it began; nil while queued.
	StartedAt *time.Time `json:"started_at"`
	// CompletedAt is when it ended.
	CompletedAt *time.Time `json:"completed_at"`
	// DurationSeconds is from beginning to end.
	DurationSeconds *float64 `json:"duration_seconds"`
	// Steps are in the order of the pipeline.
	Steps []ExecutionStep `json:"steps"`
	// Environment is the name it was given.
	Environment string `json:"environment,omitempty"`
	// CreatedAt is when it was accepted.
	CreatedAt *time.Time `json:"created_at,omitempty"`
	// PipelineVersion is the version that it runs; 0 where the server does not say it.
	PipelineVersion uint64 `json:"pipeline_version,omitempty"`
	// PipelineHash is blake3:… of the effective pipeline.
	PipelineHash string `json:"pipeline_hash,omitempty"`
	// ReceiptHash is blake3:… of the receipt, once there is one.
	ReceiptHash string `json:"receipt_hash,omitempty"`
	// Failure is why it failed, where it did.
	Failure *Failure `json:"failure,omitempty"`

	client *Client
}

// ExecutionStep is one step of an [Execution].
type ExecutionStep struct {
	// Name of the step.
	Name string `json:"name"`
	// Status is where it is in its life.
	Status StepStatus `json:"status"`
	// ExitCode is its own; 124 timeout, 125 failed by the engine, 128+n signal n; nil while it has none.
	ExitCode *int `json:"exit_code"`
	// DurationSeconds is how long it ran.
	DurationSeconds *float64 `json:"duration_seconds"`
	// CacheHit says whether its result came from the cache.
	CacheHit bool `json:"cache_hit"`
	// StartedAt is when it began.
	StartedAt *time.Time `json:"started_at,omitempty"`
	// CompletedAt is when it ended.
	CompletedAt *time.Time `json:"completed_at,omitempty"`
	// InputHash is blake3:… of its input manifest.
	InputHash string `json:"input_hash,omitempty"`
	// OutputHash is blake3:… of its output manifest.
	OutputHash string `json:"output_hash,omitempty"`
}

// Failure is why an execution failed.
type Failure struct {
	// Step that failed first, where it was a step.
	Step string `json:"step"`
	// Reason is a stable word, such as exit_code, timeout, missing_output, worker_lost.
	Reason string `json:"reason"`
	// Message is what happened, for people.
	Message string `json:"message"`
}

// ReceiptOptions say how a receipt is fetched.
type ReceiptOptions struct {
	// AllowFailed lets the receipt of a failed run be valid. By default it is not: a red build must never pass a gate.
	AllowFailed bool
}

// Refresh asks the server how the execution stands now.
func (e *Execution) Refresh(ctx context.Context) (*Execution, error) {
	client, err := e.use()
	if err != nil {
		return nil, err
	}
	return e.next(client.GetExecution(ctx, e.ID))
}

// Cancel ends the execution. Harmless where it is over already.
func (e *Execution) Cancel(ctx context.Context) (*Execution, error) {
	client, err := e.use()
	if err != nil {
		return nil, err
	}
	return e.next(client.CancelExecution(ctx, e.ID))
}

// WaitForCompletion waits until the execution is over, for as long as its context allows, and returns it as it is then. A
// failed execution is a result, not an error: see [Execution.Err]. When the context ends, the wait does, and
// the execution goes on: see [Execution.Cancel].
func (e *Execution) WaitForCompletion(ctx context.Context) (*Execution, error) {
	return e.wait(ctx, native.NoTimeout)
}

// WaitForCompletionWithin is [Execution.WaitForCompletion] for at most that long: then the error is of kind wait_timeout
// and holds the execution as it was last seen.
func (e *Execution) WaitForCompletionWithin(ctx context.Context, timeout time.Duration) (*Execution, error) {
	if timeout < 0 {
		return nil, failure(KindConfig, fmt.Sprintf("a wait of %v is not possible: give 0 or more", timeout))
	}
	return e.wait(ctx, timeout)
}

func (e *Execution) wait(ctx context.Context, timeout time.Duration) (*Execution, error) {
	client, err := e.use()
	if err != nil {
		return nil, err
	}
	return e.next(client.WaitForCompletion(ctx, e.ID, timeout))
}

// GetReceipt returns the execution's receipt, ready to be verified by the client's trusted keys and policies. Where it has
// none, the error is of kind resource_not_found.
func (e *Execution) GetReceipt(ctx context.Context) (*Receipt, error) {
	return e.GetReceiptWith(ctx, nil)
}

// GetReceiptWith is [Execution.GetReceipt] with options.
func (e *Execution) GetReceiptWith(ctx context.Context, options *ReceiptOptions) (*Receipt, error) {
	client, err := e.use()
	if err != nil {
		return nil, err
	}
	allowFailed := options != nil && options.AllowFailed
	fetched, err := client.GetReceipt(ctx, e.ID, allowFailed)
	if err != nil {
		return nil, received(e.client, err)
	}
	return &Receipt{native: fetched}, nil
}

// Err returns an error where the execution did not complete, naming the step and the reason.
func (e *Execution) Err() error {
	switch {
	case e == nil:
		return failure(KindConfig, "the execution is nil")
	case e.Status == ExecutionCompleted:
		return nil
	}
	why := ""
	if e.Failure != nil {
		why = ": " + e.Failure.Message
	}
	return failure(KindAPIError, fmt.Sprintf("execution %s is %s%s", e.ID, e.Status, why))
}

func (e *Execution) use() (*native.Client, error) {
	if e == nil || e.client == nil {
		return nil, failure(KindConfig, "this execution did not come through a client: get it by client.Executions.Get with its id")
	}
	return e.client.use()
}

// next is the execution of an answer.
func (e *Execution) next(answer []byte, err error) (*Execution, error) {
	if err != nil {
		return nil, received(e.client, err)
	}
	return readExecution(e.client, answer)
}

func readExecution(client *Client, text []byte) (*Execution, error) {
	execution := &Execution{client: client}
	if err := decode("the execution", text, execution); err != nil {
		return nil, err
	}
	return execution, nil
}
