// Package native is the border to the library that does the work, and the only place with cgo. It converts types and
// bounds calls; what the calls mean, and how models look, is package attest's.
//
// # Lifetime
//
// Every handle of the library is behind one [handle], which counts who is inside a call with it: it is freed when it is
// closed, or collected, and nobody is. The library keeps no pointer into Go memory beyond a call, and never calls Go. After
// each call its receiver is kept alive, so that the collector cannot close it meanwhile.
//
// # Blocking
//
// A call that waits for the network holds an OS thread; see [blocking] for how it is bounded and called off.
//
// A program without cgo, or for a platform without a library, gets the same functions from absent.go: each returns
// [ErrNoNative].
package native
