package native

import "context"

// Ended is the cause of a context that ended already, an error for none, else nil.
func Ended(ctx context.Context) error {
	switch {
	case ctx == nil:
		return refuse("validation_error", "the context is nil: pass context.Background() for a call without end")
	case ctx.Err() != nil:
		return context.Cause(ctx)
	default:
		return nil
	}
}

// limit bounds how many calls, and so OS threads, are inside the library.
type limit chan struct{}

// Calls that wait for an execution, and others. Apart, so that a thousand waits never keep a cancel from being sent.
var (
	waiting = make(limit, 512)
	asking  = make(limit, 256)
	// Work on this machine's files and cores: more of it at a time is no faster.
	judging = make(limit, 64)
)

// enter takes a place, waiting for one until the context ends.
func (l limit) enter(ctx context.Context) error {
	select {
	case l <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (l limit) leave() { <-l }
