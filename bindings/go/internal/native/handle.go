package native

import (
	"runtime"
	"sync"
	"unsafe"
)

// handle is a pointer that the library gave out, with what frees it.
type handle struct {
	what string
	free func(unsafe.Pointer)

	mu      sync.Mutex
	pointer unsafe.Pointer
	inside  int
	closed  bool
}

// own makes a handle that is closed when its owner, which must be the only one to hold it, is collected.
func own[T any](owner *T, what string, pointer unsafe.Pointer, free func(unsafe.Pointer)) *handle {
	made := &handle{what: what, pointer: pointer, free: free}
	runtime.AddCleanup(owner, (*handle).close, made)
	return made
}

// enter gives the pointer for a call; leave ends the call. A closed handle is an error of kind closed.
func (h *handle) enter() (unsafe.Pointer, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return nil, refuse("closed", "the "+h.what+" is closed: make a new one")
	}
	h.inside++
	return h.pointer, nil
}

func (h *handle) leave() {
	h.mu.Lock()
	h.inside--
	last := h.closed && h.inside == 0
	h.mu.Unlock()
	if last {
		h.free(h.pointer)
	}
}

// close refuses further calls, and frees the pointer now or when the last call has left.
func (h *handle) close() {
	h.mu.Lock()
	last := !h.closed && h.inside == 0
	h.closed = true
	h.mu.Unlock()
	if last {
		h.free(h.pointer)
	}
}
