package attest

import (
	"context"
	"iter"

	"github.com/attest-dev/go-sdk/internal/native"
)

// EventType is what an [ExecutionEvent] is about. Other values than these are kept as they were sent.
type EventType string

const (
	// EventStatusChanged: the execution is in another status, [ExecutionEvent.Status].
	EventStatusChanged EventType = "status_changed"
	// EventStepStarted: [ExecutionEvent.Step] began.
	EventStepStarted EventType = "step_started"
	// EventStepCompleted: [ExecutionEvent.Step], which began or was taken from the cache, is over; its status says how it ended.
	EventStepCompleted EventType = "step_completed"
)

// ExecutionEvent is one thing that happened to an execution.
type ExecutionEvent struct {
	// Event is what happened; it says which of the other fields is set.
	Event EventType `json:"event"`
	// Status that the execution is in now.
	Status ExecutionStatus `json:"status,omitempty"`
	// Step as it was then.
	Step *ExecutionStep `json:"step,omitempty"`
}

// Events gives what happens to the execution, each change once and in order, until it is over: steps that are over already
// come first, then whatever differs from the status that this value has. The last pair holds the error, where there is
// one.
func (e *Execution) Events(ctx context.Context) iter.Seq2[ExecutionEvent, error] {
	return pieces[ExecutionEvent](ctx, "the event", e.owner(), func() (*native.Stream, error) {
		client, err := e.use()
		if err != nil {
			return nil, err
		}
		return client.StreamEvents(e.ID, string(e.Status))
	})
}
