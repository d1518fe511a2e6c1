// Package darwin_amd64 holds the native library for this platform and its header. It is a Go package so that go mod vendor
// keeps the folder.
package darwin_amd64
