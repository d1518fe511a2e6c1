module github.com/attest-dev/attest/examples/go

go 1.24

require github.com/attest-dev/go-sdk v0.0.0

// The SDK of this checkout; `make go` builds its library.
replace github.com/attest-dev/go-sdk => ../../bindings/go
