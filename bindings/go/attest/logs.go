package attest

import (
	"context"
	"iter"
	"time"

	"github.com/attest-dev/go-sdk/internal/native"
)

// LogLevel is how a log line is classed. Other values than these are kept as they were sent.
type LogLevel string

const (
	// LogInfo is from standard output.
	LogInfo LogLevel = "info"
	// LogWarning is from the engine, about the run.
	LogWarning LogLevel = "warning"
	// LogError is from standard error.
	LogError LogLevel = "error"
)

// LogStream is which stream of a step a log line was written to. Other values than these are kept as they were sent.
type LogStream string

const (
	// Stdout is standard output.
	Stdout LogStream = "stdout"
	// Stderr is standard error.
	Stderr LogStream = "stderr"
)

// LogEntry is one line of a log.
type LogEntry struct {
	// Timestamp is when the server read it.
	Timestamp time.Time `json:"timestamp"`
	// Step that wrote it.
	Step string `json:"step"`
	// Level is how it is classed.
	Level LogLevel `json:"level"`
	// Message is the line without its line break. It may hold control characters: escape it before a terminal sees it.
	Message string `json:"message"`
	// Seq is its position in the execution's log: strictly growing.
	Seq uint64 `json:"seq"`
	// Stream is which stream it was written to, where the server says it.
	Stream LogStream `json:"stream,omitempty"`
}

// LogFilter says which log lines are wanted; all, where nothing is set.
type LogFilter struct {
	// Step selects the lines of this step.
	Step string `json:"step,omitempty"`
	// Level selects the lines of this level.
	Level LogLevel `json:"level,omitempty"`
	// Stream selects the lines of this stream.
	Stream LogStream `json:"stream,omitempty"`
	// After selects the lines after the one at this position, a [LogEntry.Seq].
	After uint64 `json:"after,omitempty"`
}

// StreamLogs gives the execution's log from its beginning, line after line, until the execution is over. It never ends
// silently on an error: the last pair holds it.
func (e *Execution) StreamLogs(ctx context.Context) iter.Seq2[LogEntry, error] {
	return e.StreamLogsWith(ctx, nil)
}

// StreamLogsWith is [Execution.StreamLogs] of the lines that the filter selects.
func (e *Execution) StreamLogsWith(ctx context.Context, filter *LogFilter) iter.Seq2[LogEntry, error] {
	return pieces[LogEntry](ctx, "the log line", e.owner(), func() (*native.Stream, error) {
		client, err := e.use()
		if err != nil {
			return nil, err
		}
		if filter == nil {
			filter = &LogFilter{}
		}
		text, err := encode(KindValidationError, "the log filter", filter)
		if err != nil {
			return nil, err
		}
		return client.StreamLogs(e.ID, text)
	})
}

func (e *Execution) owner() *Client {
	if e == nil {
		return nil
	}
	return e.client
}
