module example.com/verify

go 1.24

require github.com/attest-dev/go-sdk v0.0.0

replace github.com/attest-dev/go-sdk => ../../../../bindings/go
